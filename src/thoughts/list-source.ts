import type { Reference } from './page.ts';

/** The largest part of a list that is read at once. */
const MAX_STEP = 200;

/** Reads a part of a list: what stands behind an id, at most so many. */
export type ReadPart = (behind: string, step: number) => Promise<Reference[]>;

export interface SourceStart {
  /** Where to begin; `''` for the list's end. */
  behind: string;
  /** How many to read at first; twice as many each time after. */
  step: number;
  /** What is known of the list already. */
  buffer?: Reference[];
  isOver?: boolean;
}

/** One list among those that are merged. It is read on when nothing is left of what was read. */
export class ListSource {
  readonly #read: ReadPart;
  #buffer: Reference[];
  #behind: string;
  #step: number;
  #isOver: boolean;

  constructor({ behind, step, buffer = [], isOver = false }: SourceStart, read: ReadPart) {
    this.#behind = behind;
    this.#step = step;
    this.#buffer = buffer;
    this.#isOver = isOver;
    this.#read = read;
  }

  async fill(): Promise<void> {
    if (this.#buffer.length > 0 || this.#isOver) return;
    this.#buffer = await this.#read(this.#behind, this.#step);
    this.#isOver = this.#buffer.length < this.#step;
    this.#behind = this.#buffer.at(-1)?.id ?? this.#behind;
    this.#step = Math.min(MAX_STEP, this.#step * 2);
  }

  get first(): Reference | undefined {
    return this.#buffer[0];
  }

  /** Takes the first away when it has this id. Two lists may hold the same thought. */
  take(id: string): void {
    if (this.#buffer[0]?.id === id) this.#buffer.shift();
  }
}

/** Which of the sources' first references comes first. */
export const firstOf = (sources: ListSource[], oldestFirst: boolean): Reference | undefined => {
  let first: Reference | undefined;
  for (const source of sources) {
    const candidate = source.first;
    if (!candidate) continue;
    const isAhead = first === undefined || (oldestFirst ? candidate.id < first.id : candidate.id > first.id);
    if (isAhead) first = candidate;
  }
  return first;
};

/** All of the sources as one list, each id once. */
export async function* mergeSources(sources: ListSource[], oldestFirst = false): AsyncGenerator<Reference> {
  for (;;) {
    await Promise.all(sources.map((source) => source.fill()));
    const first = firstOf(sources, oldestFirst);
    if (!first) return;
    for (const source of sources) source.take(first.id);
    yield first;
  }
}
