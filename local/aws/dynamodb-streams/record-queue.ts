/** A record as it is handed out: its JSON. */
export interface KeptRecord {
  /** Rises from record to record over all streams. */
  sequence: number;
  /** Milliseconds since 1970. */
  at: number;
  json: string;
}

/** The records of a stretch, their texts one behind the other. */
interface Chunk {
  bytes: Buffer;
  sequences: number[];
  times: number[];
  /** Where each text ends. */
  ends: number[];
}

const FIRST_CHUNK = 16 * 1024;
const MAX_CHUNK = 1024 * 1024;

/**
 * Records in their order: added at the end, dropped from the front. Texts lie in buffers outside of the heap: as a hundred
 * thousand strings they let it grow to many times their size.
 */
export class RecordQueue {
  readonly #chunks: Chunk[] = [];
  /** The first record in the first chunk that is not dropped. */
  #head = 0;
  #count = 0;
  #size = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The bytes of all of them. */
  get size(): number {
    return this.#size;
  }

  get first(): Pick<KeptRecord, 'sequence' | 'at'> | undefined {
    const [chunk] = this.#chunks;
    const [sequence, at] = [chunk?.sequences[this.#head], chunk?.times[this.#head]];
    return sequence === undefined || at === undefined ? undefined : { sequence, at };
  }

  push({ sequence, at, json }: KeptRecord): void {
    const length = Buffer.byteLength(json);
    let chunk = this.#chunks.at(-1);
    let start = chunk?.ends.at(-1) ?? 0;
    if (!chunk || start + length > chunk.bytes.length) {
      const usual = chunk ? Math.min(MAX_CHUNK, chunk.bytes.length * 2) : FIRST_CHUNK;
      chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(usual, length)), sequences: [], times: [], ends: [] };
      this.#chunks.push(chunk);
      start = 0;
    }
    chunk.bytes.write(json, start);
    chunk.sequences.push(sequence);
    chunk.times.push(at);
    chunk.ends.push(start + length);
    this.#count++;
    this.#size += length;
  }

  /** Drops the first one. */
  shift(): void {
    const [chunk] = this.#chunks;
    if (!chunk || this.#count === 0) return;
    this.#size -= (chunk.ends[this.#head] ?? 0) - (chunk.ends[this.#head - 1] ?? 0);
    this.#count--;
    this.#head++;
    if (this.#head < chunk.ends.length) return;
    this.#chunks.shift();
    this.#head = 0;
  }

  /** From the first record on whose sequence is not below this one. */
  *from(sequence: number): Generator<KeptRecord> {
    const least = Math.max(sequence, this.first?.sequence ?? 0);
    const chunkAt = lowerBound(this.#chunks.length, (at) => this.#chunks[at]?.sequences.at(-1) ?? 0, least);
    for (const { bytes, sequences, times, ends } of this.#chunks.slice(chunkAt)) {
      const from = lowerBound(sequences.length, (at) => sequences[at] ?? 0, least);
      for (let at = from; at < sequences.length; at++) {
        const json = bytes.toString('utf8', ends[at - 1] ?? 0, ends[at]);
        yield { sequence: sequences[at] ?? 0, at: times[at] ?? 0, json };
      }
    }
  }
}

/** The first place whose value is not below a bound, where values rise. */
const lowerBound = (count: number, valueAt: (at: number) => number, bound: number): number => {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
