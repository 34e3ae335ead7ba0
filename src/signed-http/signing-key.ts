import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** The scope of a signing key. */
export interface Scope {
  /** The service's name in signatures: `dynamodb`, `execute-api`. */
  service: string;
  region: string;
}

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const HASH_HEX = 64;

/**
 * Signs the requests of one second with Signature Version 4. The parts that they share are computed once. Each request then
 * takes two hashes of a prepared block, because HMAC is a hash of a hash.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class SigningKey {
  /** The value of `x-amz-date`. */
  readonly time: string;
  /** The part of `authorization` before the signature. */
  readonly credential: string;
  readonly sessionToken: string | undefined;
  /** The key's inner block, the string to sign up to the request's hash, and space for that hash. */
  readonly #inner: Buffer;
  /** The key's outer block, and space for the inner hash. */
  readonly #outer: Buffer;

  /** @param atMs milliseconds since 1970, by AWS's clock */
  constructor({ service, region }: Scope, credentials: Credentials, atMs: number) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    this.time = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = [this.time.slice(0, 8), region, service, 'aws4_request'];
    this.credential = `${accessKeyId}/${scope.join('/')}`;
    this.sessionToken = sessionToken;
    const key = scope.reduce((last: string | Buffer, part) => hmac(last, part), `AWS4${secretAccessKey}`);
    const toSign = `AWS4-HMAC-SHA256\n${this.time}\n${scope.join('/')}\n`;
    this.#inner = Buffer.concat([keyBlock(key, 0x36), Buffer.from(toSign), Buffer.alloc(HASH_HEX)]);
    this.#outer = Buffer.concat([keyBlock(key, 0x5c), Buffer.alloc(HASH_BYTES)]);
  }

  /** @param canonicalHash SHA-256 of the canonical request, in hex. @returns the signature, in hex */
  sign(canonicalHash: string): string {
    this.#inner.write(canonicalHash, this.#inner.length - HASH_HEX, 'latin1');
    // As a string, because it takes a third of the time of a new Buffer.
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer);
  }
}

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** https://www.rfc-editor.org/rfc/rfc2104: the key, padded to a block, each byte exclusive-or `pad`. */
const keyBlock = (key: string | Buffer, pad: number): Buffer => {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(typeof key === 'string' ? Buffer.from(key) : key);
  return block.map((byte) => byte ^ pad) as Buffer;
};
