/** The most bytes that cleaning adds: an orientation of 36 bytes, an end marker, a byte of padding. */
const MOST_ADDED_BYTES = 64;

/**
 * Copies the parts of a file that are kept into a single buffer. A file of 5 MB can have more than a million parts, and one
 * buffer for each would take more memory than a function has.
 */
export class ByteWriter {
  readonly #bytes: Buffer;
  #length = 0;

  /** @param of the file */
  constructor(of: Buffer) {
    this.#bytes = Buffer.allocUnsafe(of.length + MOST_ADDED_BYTES);
  }

  /** The number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  add(part: Uint8Array): void {
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  /** Writes a length after the bytes that it counts were added. @param at the position of its first byte */
  setUInt32LE(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  whole(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
