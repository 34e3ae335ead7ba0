/** The head (status line and headers) of an HTTP/1.x answer, read as far as is needed to find the end of the body. */
export type AnswerHead =
  | { kind: 'incomplete' }
  /** Not the start of an HTTP/1.x answer. */
  | { kind: 'malformed' }
  | {
      kind: 'head';
      status: number;
      /** Status line and headers, each with its line end. */
      text: string;
      /** Where the head ends and the body begins. */
      bodyAt: number;
      /** Length of the body in bytes, or what ends the body: `chunked`: its last chunk; `end`: the end of the connection. */
      body: BodyEnd;
      /** Whether the connection takes another request afterwards. */
      isKept: boolean;
    };

type BodyEnd = number | 'chunked' | 'end' | 'unknown';

/** The part of a chunked body that has arrived. */
export type ChunkedBody =
  | { kind: 'incomplete' }
  | { kind: 'malformed' }
  | { kind: 'body'; body: Buffer; endAt: number };

/** The longest head that is accepted. AWS's heads have about 300 bytes. */
const MAX_HEAD_BYTES = 8 * 1024;
const VERSIONS = ['HTTP/1.1 ', 'HTTP/1.0 '];
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.[01] ([2-5]\d\d)(?: [^\r\n]*)?\r\n/;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?=\r\n)/i;
const LENGTHS = /\r\ncontent-length:/gi;
const TRANSFER_ENCODINGS = /\r\ntransfer-encoding:[^\r]*/gi;
const CHUNKED = /:[ \t]*chunked[ \t]*$/i;
const NOT_KEPT = /^HTTP\/1\.0|\r\nconnection:(?![ \t]*keep-alive[ \t]*\r)/i;
/** A chunk's size, without extensions. */
const CHUNK_SIZE = /^[\da-f]{1,7}$/i;

/** Reads the head of an answer. @param text the bytes that have arrived, one character for each byte */
export const readHead = (text: string): AnswerHead => {
  const end = text.indexOf(HEAD_END);
  if (end < 0) {
    const mayBegin = VERSIONS.some((version) => text.startsWith(version) || version.startsWith(text));
    return { kind: mayBegin && text.length <= MAX_HEAD_BYTES ? 'incomplete' : 'malformed' };
  }
  // Include the line end of the last header, because the patterns below need it.
  const head = text.slice(0, end + 2);
  const status = Number(STATUS_LINE.exec(head)?.[1]);
  if (Number.isNaN(status) || head.length > MAX_HEAD_BYTES) return { kind: 'malformed' };
  const body = bodyOf(status, head);
  const isKept = body !== 'unknown' && body !== 'end' && !NOT_KEPT.test(head);
  return { kind: 'head', status, text: head, bodyAt: end + HEAD_END.length, body, isKept };
};

/** https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
const bodyOf = (status: number, head: string): BodyEnd => {
  const lengths = head.match(LENGTHS)?.length ?? 0;
  const [coding, ...more] = head.match(TRANSFER_ENCODINGS) ?? [];
  if (coding !== undefined) return CHUNKED.test(coding) && more.length + lengths === 0 ? 'chunked' : 'unknown';
  if (lengths > 0) {
    const length = CONTENT_LENGTH.exec(head)?.[1];
    return length !== undefined && lengths === 1 ? Number(length) : 'unknown';
  }
  return status === 204 || status === 304 ? 0 : 'end';
};

/**
 * Reads a chunked body that has neither extensions nor trailers.
 * @param bytes the bytes of the body that have arrived
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export const readChunked = (bytes: Buffer): ChunkedBody => {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const line = bytes.toString('latin1', at, lineEnd < 0 ? bytes.length : lineEnd);
    if (lineEnd < 0) return { kind: /^[\da-f]{0,7}\r?$/i.test(line) ? 'incomplete' : 'malformed' };
    if (!CHUNK_SIZE.test(line)) return { kind: 'malformed' };
    const start = lineEnd + 2;
    const end = start + Number.parseInt(line, 16);
    const close = bytes.toString('latin1', end, end + 2);
    if (!'\r\n'.startsWith(close)) return { kind: 'malformed' };
    if (close.length < 2) return { kind: 'incomplete' };
    if (end === start) return { kind: 'body', body: Buffer.concat(parts), endAt: end + 2 };
    parts.push(bytes.subarray(start, end));
    at = end + 2;
  }
};
