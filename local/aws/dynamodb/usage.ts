import type { Operation } from './engine.ts';
import type { Charge } from './types.ts';

/** Units by operation and table or index: what AWS would bill. */
export class Usage {
  readonly #units = new Map<string, number>();
  readonly #requests = new Map<Operation, number>();

  request(operation: Operation): void {
    this.#requests.set(operation, this.requests(operation) + 1);
  }

  add(operation: Operation, charges: Charge[]): void {
    for (const { tableName, indexName, kind, units } of charges) {
      const name = [operation, kind, tableName, ...(indexName === undefined ? [] : [indexName])].join(' ');
      this.#units.set(name, (this.#units.get(name) ?? 0) + units);
    }
  }

  requests(operation: Operation): number {
    return this.#requests.get(operation) ?? 0;
  }

  /** All units of a kind. */
  total(kind: 'read' | 'write'): number {
    let total = 0;
    for (const [name, units] of this.#units) if (name.split(' ')[1] === kind) total += units;
    return total;
  }

  clear(): void {
    this.#units.clear();
    this.#requests.clear();
  }

  /** Units by `operation kind table [index]`. */
  report(): Record<string, number> {
    return Object.fromEntries([...this.#units].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
