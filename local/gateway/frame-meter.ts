import type { Duplex } from 'node:stream';

/** The longest header in bytes: 2 first bytes, 8 of length, 4 of mask: https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
const MAX_HEADER = 14;

/** Reads the lengths of a client's frames as they arrive, because `ws` reports only whole messages. */
export class FrameMeter {
  readonly #limit: number;
  readonly #onTooLarge: () => void;
  #header: Buffer = Buffer.alloc(0);
  /** The bytes of the present frame that have not arrived yet. */
  #left = 0;

  /** @param limit the largest payload of a frame, in bytes */
  constructor(socket: Duplex, limit: number, onTooLarge: () => void) {
    this.#limit = limit;
    this.#onTooLarge = onTooLarge;
    // Measure before `ws` reads the bytes: a message with a frame that is too large must not reach a function.
    socket.prependListener('data', (chunk: Buffer) => this.read(chunk));
  }

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at);
        this.#left -= passed;
        at += passed;
        continue;
      }
      const known = this.#header.length;
      const header = Buffer.concat([this.#header, chunk.subarray(at, at + MAX_HEADER - known)]);
      const frame = lengthsOf(header);
      if (!frame) {
        this.#header = header;
        return;
      }
      this.#header = Buffer.alloc(0);
      at += frame.header - known;
      this.#left = frame.payload;
      if (frame.payload > this.#limit) this.#onTooLarge();
    }
  }
}

/** @returns bytes; undefined while the header is not whole */
const lengthsOf = (bytes: Buffer): { header: number; payload: number } | undefined => {
  if (bytes.length < 2) return undefined;
  const second = bytes.readUInt8(1);
  const short = second & 0x7f;
  const mask = second & 0x80 ? 4 : 0;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  const header = 2 + extended + mask;
  if (bytes.length < header) return undefined;
  if (extended === 8) return { header, payload: Number(bytes.readBigUInt64BE(2)) };
  return { header, payload: extended === 2 ? bytes.readUInt16BE(2) : short };
};
