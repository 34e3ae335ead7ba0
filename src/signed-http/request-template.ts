import { hash } from 'node:crypto';
import { GappedText } from './gapped-text.ts';
import type { SigningKey } from './signing-key.ts';

/** A body that is serialised and hashed once, for all requests that carry it. */
export interface PreparedBody {
  /** SHA-256 in hex. */
  hash: string;
  /** The last headers and the body. */
  wire: Buffer;
}

export const prepareBody = (text: string): PreparedBody => {
  const bytes = Buffer.from(text);
  return {
    hash: hash('sha256', bytes),
    wire: Buffer.concat([Buffer.from(`\r\ncontent-length: ${bytes.length}\r\n\r\n`), bytes]),
  };
};

/** The parts that all requests of one kind share. */
export interface RequestKind {
  method: 'POST' | 'DELETE';
  /** The path after the endpoint's path; begins with a slash. A request may append an id to it. */
  path: string;
  /** Headers beside `host` and those of the signature, with names in lower case. */
  headers: Record<string, string>;
}

/** Makes signed requests of one kind and one second. */
export class RequestTemplate {
  readonly #key: SigningKey;
  /** The request up to the signature. Its gaps are the last segment of the path and the signature. */
  readonly #head: GappedText;
  /** What is signed. Its gaps are the last segment of the path and the body's hash. */
  readonly #canonical: GappedText;

  /** @param basePath the endpoint's path, without a slash at its end */
  constructor(key: SigningKey, { host, basePath }: { host: string; basePath: string }, kind: RequestKind) {
    this.#key = key;
    const { time, credential, sessionToken } = key;
    const { method, path } = kind;
    const headers = Object.entries({
      ...kind.headers,
      host,
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    }).sort(([one], [other]) => (one < other ? -1 : 1));
    const names = headers.map(([name]) => name).join(';');
    const canonicalHeaders = headers.map(([name, value]) => `${name}:${value}\n`).join('');
    this.#canonical = new GappedText(
      `${method}\n${encodePath(basePath + path)}`,
      `\n\n${canonicalHeaders}\n${names}\n`,
    );
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}`;
    this.#head = new GappedText(
      `${method} ${basePath}${path}`,
      ` HTTP/1.1\r\n${lines}authorization: ${authorization}, Signature=`,
    );
  }

  /**
   * @param id the last segment of the path; undefined when the path is complete
   * @returns the whole request
   */
  request(body: PreparedBody, id = ''): Buffer {
    const segment = encodeURIComponent(id);
    // Signature Version 4 signs the path encoded twice.
    const canonicalSegment = segment.replaceAll('%', '%25');
    const canonicalHash = hash('sha256', this.#canonical.fill(canonicalSegment, body.hash));
    return Buffer.concat([this.#head.fill(segment, this.#key.sign(canonicalHash)), body.wire]);
  }
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
