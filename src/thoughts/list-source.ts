import type { Reference } from './page.ts';

/** The largest part of a list that is read at once. */
const MAX_STEP = 200;

/** Reads a part of a list: at most `step` references after the id `behind`. */
export type ReadPart = (behind: string, step: number) => Promise<Reference[]>;

export interface SourceStart {
  /** The id after which to begin; `''` begins with the first of the list. */
  behind: string;
  /** How many to read at first; twice as many each time after. */
  step: number;
  /** The references that were read already. */
  buffer?: Reference[];
  isOver?: boolean;
}

/** One of the lists that are merged. It reads its next part when the part before is used up. */
export class ListSource {
  readonly #read: ReadPart;
  #buffer: Reference[];
  #behind: string;
  #step: number;
  #isOver: boolean;

  /** @param firstPart the first part, when it was read already */
  constructor({ behind, step, buffer = [], isOver = false }: SourceStart, read: ReadPart, firstPart?: Reference[]) {
    this.#behind = behind;
    this.#step = step;
    this.#buffer = buffer;
    this.#isOver = isOver;
    this.#read = read;
    if (firstPart) this.#hold([...firstPart]);
  }

  /** Whether the next part must be read before `first` is known. */
  get isDrained(): boolean {
    return this.#buffer.length === 0 && !this.#isOver;
  }

  async fill(): Promise<void> {
    if (!this.isDrained) return;
    this.#hold(await this.#read(this.#behind, this.#step));
  }

  #hold(part: Reference[]): void {
    this.#buffer = part;
    this.#isOver = part.length < this.#step;
    this.#behind = part.at(-1)?.id ?? this.#behind;
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

/** Reads the next part of all drained lists at once. Of the thousands that a page may merge, only a few are drained. */
export const fillAll = async (sources: ListSource[]): Promise<void> => {
  const drained = sources.filter(({ isDrained }) => isDrained);
  if (drained.length > 0) await Promise.all(drained.map((source) => source.fill()));
};

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
    await fillAll(sources);
    const first = firstOf(sources, oldestFirst);
    if (!first) return;
    for (const source of sources) source.take(first.id);
    yield first;
  }
}
