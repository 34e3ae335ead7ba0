const MAX_CHUNK = 512;

interface Chunk<T> {
  keys: string[];
  values: T[];
}

/**
 * Values in the order of their keys, in chunks of some hundreds, so that a list of a million stays fast to change.
 * Keys compare by UTF-16 units.
 */
export class SortedList<T> {
  #chunks: Chunk<T>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): T | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (!chunk) return undefined;
    const at = lowerBound(chunk.keys, key);
    return chunk.keys[at] === key ? chunk.values[at] : undefined;
  }

  /** Puts a value in, in place of one with the same key. */
  set(key: string, value: T): void {
    const chunkAt = this.#chunkOf(key);
    const chunk = this.#chunks[chunkAt];
    if (!chunk) {
      this.#chunks.push({ keys: [key], values: [value] });
      this.#size++;
      return;
    }
    const { keys, values } = chunk;
    const at = lowerBound(keys, key);
    if (keys[at] === key) {
      values[at] = value;
      return;
    }
    if (at === keys.length) {
      keys.push(key);
      values.push(value);
    } else {
      keys.splice(at, 0, key);
      values.splice(at, 0, value);
    }
    this.#size++;
    if (keys.length > MAX_CHUNK) this.#split(chunkAt, chunk);
  }

  delete(key: string): void {
    const chunkAt = this.#chunkOf(key);
    const chunk = this.#chunks[chunkAt];
    if (!chunk) return;
    const at = lowerBound(chunk.keys, key);
    if (chunk.keys[at] !== key) return;
    chunk.keys.splice(at, 1);
    chunk.values.splice(at, 1);
    this.#size--;
    if (chunk.keys.length === 0) this.#chunks.splice(chunkAt, 1);
  }

  /** Values from a key on, itself included, in rising order. The list must not change meanwhile. */
  *from(key: string): Generator<T> {
    let chunkAt = this.#chunkOf(key);
    let at = lowerBound(this.#chunks[chunkAt]?.keys ?? [], key);
    for (let chunk = this.#chunks[chunkAt]; chunk; chunk = this.#chunks[++chunkAt]) {
      for (; at < chunk.values.length; at++) yield chunk.values[at] as T;
      at = 0;
    }
  }

  /** Values below a key, itself excluded, in falling order; all of them when it is left out. */
  *before(key?: string): Generator<T> {
    let chunkAt = key === undefined ? this.#chunks.length - 1 : this.#chunkOf(key);
    let chunk = this.#chunks[chunkAt];
    let at = chunk && key !== undefined ? lowerBound(chunk.keys, key) : (chunk?.keys.length ?? 0);
    for (; chunk; chunk = this.#chunks[--chunkAt], at = chunk?.keys.length ?? 0) {
      while (--at >= 0) yield chunk.values[at] as T;
    }
  }

  /** The last chunk that begins at or below the key, or the first one. */
  #chunkOf(key: string): number {
    let [low, high] = [0, this.#chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#chunks[middle]?.keys[0] ?? '') <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Keys that only rise, as times do, leave full chunks behind: the last chunk splits near its end. */
  #split(chunkAt: number, chunk: Chunk<T>): void {
    const isLast = chunkAt === this.#chunks.length - 1;
    const middle = isLast ? MAX_CHUNK - 32 : MAX_CHUNK >> 1;
    this.#chunks.splice(chunkAt + 1, 0, { keys: chunk.keys.splice(middle), values: chunk.values.splice(middle) });
  }
}

/** The place of the first key that is not below the given one. */
const lowerBound = (keys: string[], key: string): number => {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
};
