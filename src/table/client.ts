import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { realRuntime } from '../runtime.ts';
import { DynamoTable } from './dynamo-table.ts';
import type { Table } from './table.ts';

/** Many times what DynamoDB takes; what is silent for longer is asked again. */
const REQUEST_TIMEOUT_MS = 5_000;
const ATTEMPTS = 5;

/**
 * Without `info`: the SDK copies and filters each request and answer for it, even when it does nothing. That is a
 * quarter of a call's CPU.
 */
const logger = { debug: () => {}, warn: () => {}, error: () => {} } as unknown as DynamoDBClientConfig['logger'];

const connect = (maxAttempts: number): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts,
    cacheMiddleware: true,
    logger,
    requestHandler: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });

/**
 * The table of this deployment. Region, endpoint and credentials come from the SDK's own environment variables.
 * @param writesPerSecond what one environment may write in batches at most; 0: as fast as the table takes them
 */
export const connectTable = (name: string, writesPerSecond = 0): Table =>
  new DynamoTable(connect(ATTEMPTS), name, realRuntime, { batchClient: connect(1), writesPerSecond });
