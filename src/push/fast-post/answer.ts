/** As much of an HTTP/1.1 answer as a push needs to know. */
export type AnswerHead =
  | { kind: 'incomplete' }
  /** Not the start of an HTTP/1.1 answer. */
  | { kind: 'malformed' }
  | {
      kind: 'head';
      status: number;
      /** Where the head ends and the body begins. */
      bodyAt: number;
      /** Length of the body; `undefined` when the answer is delimited otherwise, or ends the connection. */
      bodyBytes: number | undefined;
    };

/** API Gateway's heads have some 300 bytes. */
const MAX_HEAD_BYTES = 8 * 1024;
const VERSION = 'HTTP/1.1 ';
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?\r\n/;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?=\r\n)/i;
const SECOND_LENGTH = /\r\ncontent-length:.*\r\ncontent-length:/is;
const ENDS_OTHERWISE = /\r\n(?:transfer-encoding:|connection:(?![ \t]*keep-alive[ \t]*\r))/i;

/** Reads the head of an answer. @param text what has come, a character for each byte */
export const readHead = (text: string): AnswerHead => {
  const end = text.indexOf(HEAD_END);
  if (end < 0) {
    const mayBegin = text.startsWith(VERSION) || VERSION.startsWith(text);
    return { kind: mayBegin && text.length <= MAX_HEAD_BYTES ? 'incomplete' : 'malformed' };
  }
  // With the last header's line end, which the patterns look for.
  const head = text.slice(0, end + 2);
  const status = STATUS_LINE.exec(head)?.[1];
  if (status === undefined || head.length > MAX_HEAD_BYTES) return { kind: 'malformed' };
  const length = CONTENT_LENGTH.exec(head)?.[1];
  const isPlain = length !== undefined && !ENDS_OTHERWISE.test(head) && !SECOND_LENGTH.test(head);
  const bodyBytes = isPlain ? Number(length) : undefined;
  return { kind: 'head', status: Number(status), bodyAt: end + HEAD_END.length, bodyBytes };
};
