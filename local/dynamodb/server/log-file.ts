import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';

const CHUNK = 1024 * 1024;
const CRC_DIGITS = 8;
const LINE_END = 0x0a;

/** The log can't be written any more, for example on a full disk. Memory is ahead of the log then, so the engine has to end. */
export class LogWriteError extends Error {}

/** A line whose checksum shows that it is not as it was written. */
class DamagedLine extends Error {}

const lineOf = (json: string): Buffer => {
  const crc = crc32(json).toString(16).padStart(CRC_DIGITS, '0');
  return Buffer.from(`${crc} ${json}\n`);
};

const jsonOf = (line: Buffer): string => {
  const json = line.subarray(CRC_DIGITS + 1);
  if (Number.parseInt(line.toString('latin1', 0, CRC_DIGITS), 16) === crc32(json)) return json.toString();
  throw new DamagedLine();
};

/**
 * A file of JSON texts, one a line, each with its checksum. When `append` returns, the operating system has the text: it
 * survives the end of this process, but not a power cut.
 */
export class LogFile {
  readonly path: string;
  #file: number;
  #size: number;

  /** Opens the file, or makes it. @throws Error when it can't be opened */
  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, existsSync(path) ? 'r+' : 'w+');
    this.#size = fstatSync(this.#file).size;
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** @throws LogWriteError */
  append(json: string): void {
    const line = lineOf(json);
    try {
      for (let done = 0; done < line.length; ) {
        done += writeSync(this.#file, line, done, line.length - done, this.#size + done);
      }
    } catch (error) {
      throw new LogWriteError(`${this.path} can't be written: ${(error as Error).message}`);
    }
    this.#size += line.length;
  }

  /**
   * Reads every text. A last line that was not written whole is cut off: its request was not answered.
   * @throws Error when a line in the middle is damaged
   */
  *read(): Generator<string> {
    let damagedAt: number | undefined;
    let at = 0;
    for (const line of this.#lines()) {
      if (damagedAt !== undefined) throw new Error(`${this.path} is damaged at byte ${damagedAt}`);
      try {
        yield jsonOf(line);
        at += line.length + 1;
      } catch (error) {
        if (!(error instanceof DamagedLine)) throw error;
        damagedAt = at;
      }
    }
    if (at === this.#size) return;
    ftruncateSync(this.#file, at);
    this.#size = at;
  }

  /** Replaces all texts. At each moment the file is the old one or the new one. */
  rewrite(texts: Iterable<string>): void {
    const beside = `${this.path}.new`;
    const file = openSync(beside, 'w+');
    let size = 0;
    let [pending, length]: [Buffer[], number] = [[], 0];
    const flush = () => {
      const bytes = Buffer.concat(pending);
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, size + done);
      size += bytes.length;
      [pending, length] = [[], 0];
    };
    for (const text of texts) {
      const line = lineOf(text);
      pending.push(line);
      length += line.length;
      if (length >= CHUNK) flush();
    }
    flush();
    fsyncSync(file);
    renameSync(beside, this.path);
    closeSync(this.#file);
    this.#file = file;
    this.#size = size;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Whole lines, without their line ends. */
  *#lines(): Generator<Buffer> {
    let parts: Buffer[] = [];
    for (let at = 0; at < this.#size; ) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const read = readSync(this.#file, chunk, 0, CHUNK, at);
      if (read === 0) return;
      at += read;
      let from = 0;
      for (let end = chunk.indexOf(LINE_END); end !== -1 && end < read; end = chunk.indexOf(LINE_END, from)) {
        parts.push(chunk.subarray(from, end));
        yield parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
        parts = [];
        from = end + 1;
      }
      if (from < read) parts.push(chunk.subarray(from, read));
    }
  }
}
