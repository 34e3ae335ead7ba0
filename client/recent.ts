/** What a `Recent` notes in each of its values. */
export interface Remembered {
  /** Used since it became one of the older half. */
  isUsed: boolean;
}

/**
 * A map that forgets values that were not used for long. It has two generations: when the younger is full, the older is dropped, but
 * for what was used. Most such maps order entries by use. That moves an entry at each use, and costs more the larger the map is.
 */
export class Recent<Value extends Remembered> {
  readonly #half: number;
  readonly #isKept: (value: Value) => boolean;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param max the most entries, beside those that are kept */
  constructor(max: number, isKept: (value: Value) => boolean = () => false) {
    this.#half = Math.floor(max / 2);
    this.#isKept = isKept;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) old.isUsed = true;
    return old;
  }

  *[Symbol.iterator](): IterableIterator<[string, Value]> {
    yield* this.#old;
    yield* this.#young;
  }

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  /** Adds a value under a new key. */
  add(key: string, value: Value): Value {
    this.#young.set(key, value);
    if (this.#young.size < this.#half) return value;
    const gone = this.#old;
    this.#old = this.#young;
    this.#young = new Map();
    for (const [key, one] of gone) {
      if (!one.isUsed && !this.#isKept(one)) continue;
      one.isUsed = false;
      this.#young.set(key, one);
    }
    return value;
  }
}
