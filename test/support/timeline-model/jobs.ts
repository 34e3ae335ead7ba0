import { AsyncLocalStorage } from 'node:async_hooks';
import type { Table } from '../../../src/table/table.ts';
import { Side, steppedTable } from '../stepped-table.ts';

/** Something that is under way: a request, or an invocation of the stream function. */
export interface Job {
  name: string;
  /** When API Gateway gives it up, in milliseconds since 1970; left out, it may take for ever. */
  deadline?: number;
  /** A crash would be noticed by whoever waits for it, and it would be done again. */
  isRepeated?: boolean;
  /** What follows when it has ended well. */
  onDone?: () => void | Promise<void>;
  onCrash?: () => void;
}

type Running = Job & { side: Side; failure?: { error: unknown } };

/** More steps than any job has. */
const MAX_STEPS = 5_000;

/** Jobs that work on one table side by side. Each call of the table is a step, and somebody says who goes next. */
export class Jobs {
  readonly #side = new AsyncLocalStorage<Side>();
  #running: Running[] = [];
  /** The table as jobs see it: each call is a step of the job that makes it. */
  readonly table: Table;
  /** The name of the job whose step it is. */
  current = '';

  constructor(table: Table) {
    this.table = steppedTable(table, { turn: () => this.turn() });
  }

  /** A step that is no call of the table. */
  turn(): Promise<void> {
    const side = this.#side.getStore();
    if (!side) throw new Error('No job is under way here');
    return side.turn();
  }

  get count(): number {
    return this.#running.length;
  }

  has(name: string): boolean {
    return this.#running.some((job) => job.name === name);
  }

  /** Begins, and comes to rest at the first call. */
  async begin(job: Job, work: () => Promise<unknown>): Promise<void> {
    const side = new Side();
    const running: Running = { ...job, side };
    this.current = job.name;
    this.#running.push(running);
    await side.begin(() =>
      this.#side.run(side, work).catch((error) => {
        running.failure = { error };
      }),
    );
    await this.#endIfOver(running);
  }

  /** Lets one job go on. @param which of those that run, by its place */
  async step(which: number, times: number): Promise<void> {
    const job = this.#running[which % Math.max(1, this.#running.length)];
    for (let step = 0; job && step < times && this.#running.includes(job); step++) await this.#step(job);
  }

  /** Ends a job in the middle of what it does. */
  crash(which: number): void {
    const fragile = this.#running.filter(({ isRepeated }) => !isRepeated);
    const crashed = fragile[which % Math.max(1, fragile.length)];
    this.#running = this.#running.filter((job) => job !== crashed);
    crashed?.onCrash?.();
  }

  /** Every job whose time would be over by then ends now. */
  async finishBefore(time: number): Promise<void> {
    const isDue = ({ deadline = Number.POSITIVE_INFINITY }: Job) => deadline < time;
    for (let job = this.#running.find(isDue); job; job = this.#running.find(isDue)) await this.#finish(job);
  }

  /** The oldest job ends. @returns whether there was one */
  async finishOne(): Promise<boolean> {
    const [job] = this.#running;
    if (job) await this.#finish(job);
    return job !== undefined;
  }

  /** Every job ends but the one that was the oldest. @returns whether there was another */
  async finishOther(oldest: object | undefined): Promise<boolean> {
    const job = this.#running.find((one) => one !== oldest);
    if (job) await this.#finish(job);
    return job !== undefined;
  }

  get oldest(): object | undefined {
    return this.#running[0];
  }

  async #finish(job: Running): Promise<void> {
    for (let steps = 0; this.#running.includes(job); steps++) {
      if (steps > MAX_STEPS) throw new Error(`${job.name} does not end`);
      await this.#step(job);
    }
  }

  async #step(job: Running): Promise<void> {
    this.current = job.name;
    await job.side.step();
    await this.#endIfOver(job);
  }

  async #endIfOver(job: Running): Promise<void> {
    if (!job.side.isOver || !this.#running.includes(job)) return;
    this.#running = this.#running.filter((other) => other !== job);
    if (job.failure) throw job.failure.error;
    await job.onDone?.();
  }
}
