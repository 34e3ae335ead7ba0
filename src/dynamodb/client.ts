import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { realRuntime } from '../runtime/runtime.ts';
import { accessOf, accessOfSdk } from '../signed-http/access.ts';
import { SignedHttp } from '../signed-http/signed-http.ts';
import type { Table } from '../table/table.ts';
import { DynamoTable } from './dynamo-table.ts';
import { FastDynamoDb } from './fast-dynamo-db.ts';
import type { SdkFallback } from './sdk-fallback.ts';

/** Many times what DynamoDB takes; what is silent for longer is asked again. */
const REQUEST_TIMEOUT_MS = 5_000;
const LIMITS = { sockets: 50, idleMs: 20_000 };
const ATTEMPTS = 5;

/** Loads the SDK at the first call. Most environments never call it, or only when a condition is first refused. */
const lazySdk = (config: DynamoDBClientConfig | undefined, maxAttempts: number, requestMs: number) => {
  let loaded: Promise<SdkFallback> | undefined;
  const load = async () => {
    const { SdkFallback } = await import('./sdk-fallback.ts');
    return new SdkFallback({
      ...config,
      maxAttempts,
      requestHandler: {
        requestTimeout: requestMs,
        connectionTimeout: requestMs,
        throwOnRequestTimeout: true,
      },
    });
  };
  return () => (loaded ??= load());
};

/**
 * @param config the endpoint of DynamoDB; by default the environment's
 * @param requestMs how long an answer is waited for, in milliseconds
 */
export const connectDynamoDb = (config?: DynamoDBClientConfig, requestMs = REQUEST_TIMEOUT_MS) => {
  const [sdk, once] = [lazySdk(config, ATTEMPTS, requestMs), lazySdk(config, 1, requestMs)];
  const access = async () => {
    const found = config ? undefined : accessOf(process.env, { id: 'DYNAMODB', host: 'dynamodb' });
    return found ?? accessOfSdk((await sdk()).client.config);
  };
  const http = new SignedHttp({ service: 'dynamodb', access, now: Date.now, limits: { ...LIMITS, requestMs } });
  const { newId: newToken } = realRuntime;
  return {
    http,
    dynamoDb: new FastDynamoDb({ http, sdk, newToken }),
    /** Does not retry by itself. */
    batches: new FastDynamoDb({ http, sdk: once, newToken }),
  };
};

/**
 * The table of this deployment. Region, endpoint and credentials come from the environment variables that the SDK reads too.
 * @param writesPerSecond what one environment may write in batches at most; 0: as fast as the table takes them
 */
export const connectTable = (name: string, writesPerSecond = 0): Table => {
  const { dynamoDb, batches } = connectDynamoDb();
  return new DynamoTable({ dynamoDb, name, batches, writesPerSecond });
};
