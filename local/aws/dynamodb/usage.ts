import type { Operation } from './engine.ts';
import type { Charge } from './types.ts';

/** Units by operation and table or index: what AWS would bill. */
export class Usage {
  readonly #units = new Map<string, number>();
  readonly #requests = new Map<Operation, number>();
  #totals = { read: 0, write: 0 };

  request(operation: Operation): void {
    this.#requests.set(operation, this.requests(operation) + 1);
  }

  add(operation: Operation, charges: Charge[]): void {
    for (const { tableName, indexName, kind, units } of charges) {
      const table = `${operation} ${kind} ${tableName}`;
      const name = indexName === undefined ? table : `${table} ${indexName}`;
      this.#units.set(name, (this.#units.get(name) ?? 0) + units);
      this.#totals[kind] += units;
    }
  }

  requests(operation: Operation): number {
    return this.#requests.get(operation) ?? 0;
  }

  /** All units of a kind. */
  total(kind: 'read' | 'write'): number {
    return this.#totals[kind];
  }

  clear(): void {
    this.#units.clear();
    this.#requests.clear();
    this.#totals = { read: 0, write: 0 };
  }

  /** Units by `operation kind table [index]`. */
  report(): Record<string, number> {
    return Object.fromEntries([...this.#units].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
