import { setImmediate as tick } from 'node:timers/promises';
import type { Item, Table } from '../../src/table/table.ts';

/** One of several parties at work on the same table, whose calls of it wait until they are let through one by one. */
export class Side {
  readonly #waiting: (() => void)[] = [];
  #work: Promise<unknown> | undefined;
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins, and comes to rest at the first call. */
  async begin(work: () => Promise<unknown>): Promise<void> {
    this.#work = work().finally(() => {
      this.#isOver = true;
    });
    this.#work.catch(() => {});
    await tick();
  }

  /** Lets one call through. @returns whether there was one */
  async step(): Promise<boolean> {
    const next = this.#waiting.shift();
    next?.();
    await tick();
    return next !== undefined;
  }

  /** To the end. @throws what the work throws */
  async finish(): Promise<void> {
    while (!this.#isOver) await this.step();
    await this.#work;
  }

  /** A step that is no call of the table: a socket that opens, a frame on its way. */
  turn = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve));
}

/** The table as one side sees it: every call waits for its turn, and happens at once when it comes. */
export const steppedTable = (table: Table, { turn }: Pick<Side, 'turn'>): Table => ({
  get: (...args) => turn().then(() => table.get(...args)),
  batchGet: (...args) => turn().then(() => table.batchGet(...args)),
  query: (...args) => turn().then(() => table.query(...args)),
  write: (...args) => turn().then(() => table.write(...args)),
  batchWrite: (...args) => turn().then(() => table.batchWrite(...args)),
  scan: (after): AsyncIterable<Item> => table.scan(after),
});
