import { createHmac, hash } from 'node:crypto';

/** Where @connections of one stage is. */
export interface Target {
  /** With the port, when that is not the usual one. */
  host: string;
  /** What stands before `/@connections`: the stage, with a slash before and none behind; or nothing. */
  path: string;
  region: string;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** A frame, made ready once for all the connections that it goes to. */
export interface PreparedFrame {
  /** SHA-256 in hex. */
  hash: string;
  /** The end of the head and the body, a character for each byte. */
  wire: string;
}

export const prepareFrame = (frame: string): PreparedFrame => {
  const bytes = Buffer.from(frame);
  return {
    hash: hash('sha256', bytes),
    wire: `\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes.toString('latin1')}`,
  };
};

const SERVICE = 'execute-api';
const CONTENT_TYPE = 'application/octet-stream';
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const HASH_HEX = 64;

/**
 * Signs PostToConnection requests of one second with Signature Version 4. All that these have in common is computed
 * once; what is left for each is two hashes of a prepared block (HMAC is a hash of a hash) and one of the request.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class PostSigner {
  readonly #wireStart: string;
  readonly #wireEnd: string;
  readonly #canonicalStart: string;
  readonly #canonicalEnd: string;
  /** The key's inner block, the text to sign up to the request's hash, and room for that hash. */
  readonly #inner: Buffer;
  /** The key's outer block, and room for the inner hash. */
  readonly #outer: Buffer;

  /** @param atMs milliseconds since 1970, by the gateway's clock */
  constructor({ host, path, region }: Target, credentials: Credentials, atMs: number) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const time = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = [time.slice(0, 8), region, SERVICE, 'aws4_request'];
    const headers = [
      ['content-type', CONTENT_TYPE],
      ['host', host],
      ['x-amz-date', time],
      ...(sessionToken === undefined ? [] : [['x-amz-security-token', sessionToken]]),
    ] as const;
    const names = headers.map(([name]) => name).join(';');
    this.#canonicalStart = `POST\n${encodePath(path)}/%40connections/`;
    this.#canonicalEnd = `\n\n${headers.map(([name, value]) => `${name}:${value}\n`).join('')}\n${names}\n`;
    this.#wireStart = `POST ${path}/@connections/`;
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const credential = `Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}`;
    this.#wireEnd = ` HTTP/1.1\r\n${lines}authorization: AWS4-HMAC-SHA256 ${credential}, Signature=`;

    const key = scope.reduce((last: string | Buffer, part) => hmac(last, part), `AWS4${secretAccessKey}`);
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope.join('/')}\n`;
    this.#inner = Buffer.concat([keyBlock(key, 0x36), Buffer.from(toSign), Buffer.alloc(HASH_HEX)]);
    this.#outer = Buffer.concat([keyBlock(key, 0x5c), Buffer.alloc(HASH_BYTES)]);
  }

  /** The whole request, a character for each byte. */
  request(cid: string, frame: PreparedFrame): string {
    const id = encodeURIComponent(cid);
    // Signed paths are encoded twice.
    const canonicalId = id.replaceAll('%', '%25');
    const canonical = hash('sha256', this.#canonicalStart + canonicalId + this.#canonicalEnd + frame.hash);
    this.#inner.write(canonical, this.#inner.length - HASH_HEX, 'latin1');
    this.#outer.set(hash('sha256', this.#inner, 'buffer'), BLOCK_BYTES);
    return this.#wireStart + id + this.#wireEnd + hash('sha256', this.#outer) + frame.wire;
  }
}

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** https://www.rfc-editor.org/rfc/rfc2104: the key, padded to a block, each byte exclusive-or `pad`. */
const keyBlock = (key: string | Buffer, pad: number): Buffer => {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(typeof key === 'string' ? Buffer.from(key) : key);
  return block.map((byte) => byte ^ pad) as Buffer;
};

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
