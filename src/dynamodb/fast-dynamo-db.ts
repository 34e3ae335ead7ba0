import { prepareBody, type RequestKind } from '../signed-http/request-template.ts';
import type { SignedHttp } from '../signed-http/signed-http.ts';
import type { Answer } from '../signed-http/wire-socket.ts';
import type { DynamoDb, Input, Operation, Output } from './dynamo-db.ts';
import type { SdkFallback } from './sdk-fallback.ts';

const kindOf = (operation: Operation): RequestKind => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
});
const KINDS: Record<Operation, RequestKind> = {
  GetItem: kindOf('GetItem'),
  PutItem: kindOf('PutItem'),
  UpdateItem: kindOf('UpdateItem'),
  DeleteItem: kindOf('DeleteItem'),
  Query: kindOf('Query'),
  Scan: kindOf('Scan'),
  BatchGetItem: kindOf('BatchGetItem'),
  BatchWriteItem: kindOf('BatchWriteItem'),
  TransactWriteItems: kindOf('TransactWriteItems'),
};

interface Options {
  http: SignedHttp;
  /** Loaded when first needed. */
  sdk: () => Promise<SdkFallback>;
  /** Makes a ClientRequestToken, by which DynamoDB recognises a repeated transaction. */
  newToken: () => string;
}

/**
 * Calls DynamoDB without the SDK's middleware, as long as the answer is 200. After every other outcome the SDK continues as
 * if it had sent that request itself: it reads errors, waits, retries and corrects its clock by its own rules.
 */
export class FastDynamoDb implements DynamoDb {
  readonly #options: Options;
  #sdk: SdkFallback | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async call<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const { http, sdk, newToken } = this.#options;
    const given = operation === 'TransactWriteItems' ? { ClientRequestToken: newToken(), ...input } : input;
    const outcome = await http.send(KINDS[operation], prepareBody(JSON.stringify(given)));
    const output = outcome.kind === 'answer' ? outputOf(outcome) : undefined;
    if (output) {
      this.#sdk?.noteSuccess();
      return output as Output<O>;
    }
    this.#sdk ??= await sdk();
    try {
      return await this.#sdk.goOn(operation, given, outcome);
    } finally {
      http.distrust(this.#sdk.clockOffsetMs);
    }
  }
}

const ENCODED = /\r\ncontent-encoding:/i;

/** The output of a complete answer with status 200; undefined for every other answer. */
const outputOf = ({ status, head, body }: Answer): object | undefined => {
  if (status !== 200 || !body || ENCODED.test(head)) return undefined;
  try {
    const output: unknown = JSON.parse(body.toString());
    return typeof output === 'object' && output !== null ? output : undefined;
  } catch {
    return undefined;
  }
};
