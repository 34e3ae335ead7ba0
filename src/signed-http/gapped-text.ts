/**
 * A text with two gaps: `start`, first gap, `middle`, second gap. Filling it again writes only the gaps, as long as the first
 * one keeps its length. All parts are ASCII.
 */
export class GappedText {
  readonly #start: string;
  readonly #middle: string;
  #bytes = Buffer.alloc(0);
  #firstLength = -1;

  constructor(start: string, middle: string) {
    this.#start = start;
    this.#middle = middle;
  }

  /** @param second has the same length each time. @returns bytes that are valid until the next call */
  fill(first: string, second: string): Buffer {
    if (first.length !== this.#firstLength) {
      this.#bytes = Buffer.from(this.#start + first + this.#middle + second, 'latin1');
      this.#firstLength = first.length;
      return this.#bytes;
    }
    this.#bytes.write(first, this.#start.length, 'latin1');
    this.#bytes.write(second, this.#bytes.length - second.length, 'latin1');
    return this.#bytes;
  }
}
