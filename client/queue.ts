import type { LiveError, LiveItem } from './types.ts';

/** What a loop has not taken yet; with more, it is told to read anew instead. */
const MAX_ITEMS = 1_000;

/** The items of one loop: bounded, and closed with the loop or with the client. */
export class Queue implements AsyncIterableIterator<LiveItem> {
  #items: LiveItem[] = [];
  #waiting: { resolve: (result: IteratorResult<LiveItem>) => void; reject: (error: Error) => void }[] = [];
  #end: { error: LiveError | undefined } | undefined;
  readonly #onReturn: (queue: Queue) => void;

  constructor(onReturn: (queue: Queue) => void) {
    this.#onReturn = onReturn;
  }

  push(item: LiveItem): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting.resolve({ value: item, done: false });
      return;
    }
    if (this.#items.length >= MAX_ITEMS) this.#items = [{ type: 'gap' }];
    this.#items.push(item);
  }

  /** What it holds is given still; then it ends, or throws. */
  end(error?: LiveError): void {
    this.#end ??= { error };
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error) reject(error);
      else resolve({ value: undefined, done: true });
    }
  }

  next(): Promise<IteratorResult<LiveItem>> {
    const item = this.#items.shift();
    if (item) return Promise.resolve({ value: item, done: false });
    if (this.#end?.error) return Promise.reject(this.#end.error);
    if (this.#end) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The loop was left. */
  return(): Promise<IteratorResult<LiveItem>> {
    this.#items = [];
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
