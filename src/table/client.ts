import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from './dynamo-table.ts';
import type { Table } from './table.ts';

/** The table of this deployment. Region, endpoint and credentials come from the SDK's own environment variables. */
export const connectTable = (name: string): Table => new DynamoTable(new DynamoDBClient({ maxAttempts: 5 }), name);
