import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from './dynamo-table.ts';
import type { Table } from './table.ts';

/** Many times what DynamoDB takes; what is silent for longer is asked again. */
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Without `info`: the SDK copies and filters each request and answer for it, even when it does nothing. That is a
 * quarter of a call's CPU.
 */
const logger = { debug: () => {}, warn: () => {}, error: () => {} } as unknown as DynamoDBClientConfig['logger'];

/** The table of this deployment. Region, endpoint and credentials come from the SDK's own environment variables. */
export const connectTable = (name: string): Table =>
  new DynamoTable(
    new DynamoDBClient({
      maxAttempts: 5,
      cacheMiddleware: true,
      logger,
      requestHandler: {
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    }),
    name,
  );
