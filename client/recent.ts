/**
 * A map that forgets entries that were not used for long. It has two generations: when the younger is full, the older is
 * dropped. Most such maps order entries by use. That moves an entry at each use, and costs more the larger the map is.
 */
export class Recent<Value> {
  readonly #half: number;
  readonly #isKept: (value: Value) => boolean;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param max the most entries, beside those that are kept */
  constructor(max: number, isKept: (value: Value) => boolean = () => false) {
    this.#half = Math.floor(max / 2);
    this.#isKept = isKept;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  *[Symbol.iterator](): IterableIterator<[string, Value]> {
    yield* this.#old;
    yield* this.#young;
  }

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  set(key: string, value: Value): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    if (this.#young.size < this.#half) return;
    const gone = this.#old;
    this.#old = this.#young;
    this.#young = new Map();
    for (const [key, value] of gone) if (this.#isKept(value)) this.#old.set(key, value);
  }
}
