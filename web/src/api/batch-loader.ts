/** Milliseconds. Questions within this time go into one call. */
const GATHER_MS = 10;

interface Batch<Answer> {
  keys: Set<string>;
  answers: Promise<Map<string, Answer>>;
}

/** Loads single things by their keys: questions that come at about the same time share one call. */
export class BatchLoader<Answer> {
  readonly #ask: (keys: string[]) => Promise<Map<string, Answer>>;
  readonly #most: number;
  #open: Batch<Answer> | undefined;

  /** @param most the largest number of things in one call */
  constructor(ask: (keys: string[]) => Promise<Map<string, Answer>>, most: number) {
    this.#ask = ask;
    this.#most = most;
  }

  /** @returns undefined when the answer has nothing about this one */
  async get(key: string): Promise<Answer | undefined> {
    this.#open ??= this.#begin();
    const { keys, answers } = this.#open;
    keys.add(key);
    if (keys.size >= this.#most) this.#open = undefined;
    return (await answers).get(key);
  }

  #begin(): Batch<Answer> {
    const keys = new Set<string>();
    const answers = new Promise((resolve) => setTimeout(resolve, GATHER_MS)).then(() => {
      if (this.#open?.keys === keys) this.#open = undefined;
      return this.#ask([...keys]);
    });
    return { keys, answers };
  }
}
