import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Stack } from '../../local/stack.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../src/dynamodb/sdk-dynamo-db.ts';
import type { Item, Table } from '../../src/table/table.ts';
import { audit } from '../table/audit.ts';
import type { Finding } from '../table/audit-contents.ts';
import { separateMalformed } from '../table/malformed.ts';

const RETENTION_MS = 30 * 24 * 3_600_000;

/** The table of a stack of this laptop. */
export const stackTable = (stack: Stack): Table =>
  new DynamoTable({
    dynamoDb: throughSdk(
      new DynamoDBClient({
        endpoint: stack.dynamodb,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }),
    ),
    name: stack.table,
  });

/** Holds everything derived in a stack against its source. */
export const auditStack = async (stack: Stack): Promise<Finding[]> => {
  const items: Item[] = [];
  for await (const item of stackTable(stack).scan()) items.push(item);
  const { sound, malformed } = separateMalformed(items);
  return [...malformed, ...audit(sound, { now: Date.now(), retentionMs: RETENTION_MS })];
};
