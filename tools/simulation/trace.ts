import { createHash, type Hash } from 'node:crypto';

export interface TraceEntry {
  /** Milliseconds from the start. */
  at: number;
  who: string;
  what: string;
}

const CHUNK = 50_000;

/** Everything that happened, in its order. Two runs of a plan have the same hash. */
export class Trace {
  readonly entries: TraceEntry[] = [];
  readonly #hash: Hash = createHash('sha256');
  readonly #start: number;
  readonly #now: () => number;
  readonly #isKept: boolean;
  /** Lines that wait to be hashed together. */
  #text = '';

  /** @param isKept whether entries are kept to be read, or only hashed */
  constructor(now: () => number, isKept: boolean) {
    this.#now = now;
    this.#start = now();
    this.#isKept = isKept;
  }

  /** @param detail what else a reader wants to know. It is asked for only when entries are kept, and is no part of the hash */
  add = (who: string, what: string, detail?: () => string): void => {
    const at = this.#now() - this.#start;
    this.#text += `${at} ${who} ${what}\n`;
    if (this.#text.length > CHUNK) this.#update();
    if (this.#isKept) this.entries.push({ at, who, what: `${what}${detail?.() ?? ''}` });
  };

  digest(): string {
    this.#update();
    return this.#hash.digest('hex').slice(0, 16);
  }

  #update(): void {
    this.#hash.update(this.#text);
    this.#text = '';
  }
}

/** A moment of a run, as a person reads it: minutes, seconds and milliseconds from the start. */
export const clockText = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${String(minutes).padStart(2, '0')}:${seconds}`;
};
