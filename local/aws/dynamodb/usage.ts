import type { Operation } from './engine.ts';
import type { Charge } from './types.ts';

interface Units {
  read: number;
  write: number;
}

/** Units and requests of each operation: what AWS would bill. */
export class Usage {
  readonly #units = new Map<Operation, Units>();
  readonly #requests = new Map<Operation, number>();

  request(operation: Operation): void {
    this.#requests.set(operation, this.requests(operation) + 1);
  }

  add(operation: Operation, charges: Charge[]): void {
    let sum = this.#units.get(operation);
    if (!sum) this.#units.set(operation, (sum = { read: 0, write: 0 }));
    for (const { kind, units } of charges) sum[kind] += units;
  }

  requests(operation: Operation): number {
    return this.#requests.get(operation) ?? 0;
  }

  /** All units of a kind. */
  total(kind: 'read' | 'write'): number {
    let total = 0;
    for (const units of this.#units.values()) total += units[kind];
    return total;
  }

  clear(): void {
    this.#units.clear();
    this.#requests.clear();
  }

  /** Units by operation. */
  report(): Partial<Record<Operation, Units>> {
    return Object.fromEntries(this.#units);
  }
}
