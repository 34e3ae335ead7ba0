import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { WireRequest } from './scripted-server.ts';

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The hash that the SDK's signer asks for, from Node. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Buffer => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
};

/** The `authorization` that the SDK's own signer gives a request, with the headers which that says are signed. */
export const sdkAuthorization = async (
  request: WireRequest,
  credentials: Keys,
  region: string,
  service = 'execute-api',
): Promise<string> => {
  const { method, path, headers, body } = request;
  const time = headers['x-amz-date'] ?? '';
  const names = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: 'not.used',
      path,
      headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
      body,
    },
    { signingDate: new Date(time.replace(/^(....)(..)(..T..)(..)(.*)$/, '$1-$2-$3:$4:$5')) },
  );
  return signed.headers.authorization ?? '';
};
