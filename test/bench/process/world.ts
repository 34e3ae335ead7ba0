import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { tableResource } from '../../../local/dynamodb/create-table.ts';
import { HOUR, realRuntime } from '../../../src/runtime.ts';
import { keys } from '../../../src/table/keys.ts';
import type { Table } from '../../../src/table/table.ts';
import { thoughtItem } from '../../../src/thoughts/thought-items.ts';

/** What a batch is made of: as many authors as records, each with followers, of whom some are connected. */
export const RECORDS = 100;
export const FOLLOWERS = 10;
export const CONNECTED = 2;

export const createTable = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification, SSESpecification, StreamSpecification, ...rest } =
    tableResource().Properties;
  await client.send(new CreateTableCommand({ ...rest, TableName } as unknown as CreateTableCommandInput));
};

const readerOf = (author: number, at: number): string => `reader_${author}_${at}`;

/** Followers and who of them is connected; every one was seen lately. */
export const seed = async (table: Table): Promise<void> => {
  const now = Date.now();
  for (let author = 0; author < RECORDS; author++) {
    for (let at = 0; at < FOLLOWERS; at++) {
      const follower = readerOf(author, at);
      const edge = { author: `author_${author}`, follower, muted: false, since: now };
      const cid = `${Buffer.from(follower).toString('base64url')}=`;
      const connection = { cid, connectedAt: now - HOUR, authExpiresAt: now + HOUR };
      const connections = at < CONNECTED ? [connection] : [];
      const presence = { username: follower, lastSeenAt: now, needsRebuild: false, connections, version: 1 };
      await table.batchWrite([
        { put: { ...keys.follower(edge.author, follower), type: 'follower', ...edge } },
        { put: { ...keys.presence(follower), type: 'presence', ...presence } },
      ]);
    }
  }
};

/** A new thought of each author, in the table, and as the stream tells of them. */
export const post = async (table: Table): Promise<DynamoDBStreamEvent> => {
  const items = Array.from({ length: RECORDS }, (_, at) => {
    const text = 'A thought of the usual length, which says one thing and then leaves it at that.';
    const id = realRuntime.newId();
    const author = `author_${at}`;
    return thoughtItem({ id, author, text, topics: [], createdAt: Date.now(), version: 1, seq: 1 });
  });
  await table.batchWrite(items.map((put) => ({ put })));
  const Records = items.map((item, at): DynamoDBRecord => {
    const NewImage = marshall(item, { removeUndefinedValues: true }) as Record<string, { S: string }>;
    const Keys = marshall({ pk: item.pk, sk: item.sk }) as Record<string, { S: string }>;
    return { eventID: item.id, eventName: 'INSERT', dynamodb: { Keys, NewImage, SequenceNumber: String(at + 1) } };
  });
  return { Records };
};
