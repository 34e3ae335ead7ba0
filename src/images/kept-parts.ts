/** Cleaning adds a few bytes at most: an orientation of 36 bytes, an end, a byte of padding. */
const MOST_ADDED_BYTES = 64;

/**
 * The parts of a file that stay, copied one behind the other into a single buffer: 5 MB can be more than a million parts, and
 * as many buffers would take more memory than a function has.
 */
export class KeptParts {
  readonly #bytes: Buffer;
  #length = 0;

  /** @param of the file whose parts they are */
  constructor(of: Buffer) {
    this.#bytes = Buffer.allocUnsafe(of.length + MOST_ADDED_BYTES);
  }

  /** How many bytes there are so far. */
  get length(): number {
    return this.#length;
  }

  add(part: Uint8Array): void {
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  /** Writes a number that was not known before what follows it. @param at of its first byte */
  setUInt32LE(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  whole(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
