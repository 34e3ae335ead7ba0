import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { headersOf } from '../signed-http/answer-headers.ts';
import type { SignedOutcome } from '../signed-http/signed-http.ts';
import type { Input, Operation, Output } from './dynamo-db.ts';
import { commandOf } from './sdk-dynamo-db.ts';

type RetryStrategy = Awaited<ReturnType<DynamoDBClient['config']['retryStrategy']>>;

/**
 * Errors of a signature whose keys or time were wrong. AWS did nothing, and both may have changed since the request was signed.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
 */
const REFUSED_SIGNATURES = new Set([
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidSignatureException',
  'RequestExpired',
  'UnrecognizedClientException',
]);

/** Continues calls with the SDK's client after their first request was sent without it. */
export class SdkFallback {
  readonly client: DynamoDBClient;
  #note: (() => void) | undefined;

  constructor(config: DynamoDBClientConfig) {
    this.client = new DynamoDBClient(config);
  }

  /** Milliseconds by which AWS's clock is ahead, as its answers said. */
  get clockOffsetMs(): number {
    return this.client.config.systemClockOffset;
  }

  /**
   * Continues a call after its first request. The outcome of that request replaces the answer to the SDK's first request.
   * Therefore errors and the number of retries are the SDK's. When no request was sent, or AWS refused its signature, the SDK sends
   * the first one too.
   */
  async goOn<O extends Operation>(operation: O, input: Input<O>, first: SignedOutcome): Promise<Output<O>> {
    try {
      return await this.#send(operation, input, first);
    } catch (error) {
      const { name, $metadata } = error as { name?: string; $metadata?: { attempts?: number } };
      const isOfFirst = first.kind === 'answer' && $metadata?.attempts === 1;
      if (!isOfFirst || !REFUSED_SIGNATURES.has(name ?? '')) throw error;
      return this.#send(operation, input, { kind: 'not_mine' });
    }
  }

  async #send<O extends Operation>(operation: O, input: Input<O>, first: SignedOutcome): Promise<Output<O>> {
    const command = commandOf(operation, input);
    let isFirst = first.kind !== 'not_mine';
    command.middlewareStack.add(
      (next) => async (args) => {
        if (!isFirst) return next(args);
        isFirst = false;
        return { response: responseOf(first), output: undefined as never };
      },
      // The last middleware before the socket.
      { step: 'deserialize', priority: 'low', name: 'answered' },
    );
    this.#note ??= await noteOf(this.client);
    return (await this.client.send(command)) as unknown as Output<O>;
  }

  /** Reports a call that succeeded without the SDK. The SDK's retry quota grows by it, as after a call of its own. */
  noteSuccess(): void {
    this.#note?.();
  }
}

const noteOf = async ({ config }: DynamoDBClient): Promise<() => void> => {
  const strategy: RetryStrategy = await config.retryStrategy();
  if (!('recordSuccess' in strategy)) return () => {};
  const token = await strategy.acquireInitialRetryToken('');
  return () => strategy.recordSuccess(token);
};

/** The answer as the SDK's HTTP client would return it. @throws the error that the client would throw without an answer */
const responseOf = (outcome: SignedOutcome): object => {
  if (outcome.kind === 'unsent' || outcome.kind === 'unclear') throw outcome.error;
  if (outcome.kind !== 'answer' || !outcome.body) {
    throw Object.assign(new Error('The answer broke off'), { code: 'ECONNRESET' });
  }
  const { status, head, body } = outcome;
  return { statusCode: status, headers: headersOf(head), body: new Uint8Array(body) };
};
