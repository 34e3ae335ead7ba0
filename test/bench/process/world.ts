import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { tableResource } from '../../../local/dynamodb/table-resource.ts';
import { keys } from '../../../src/keys/keys.ts';
import { HOUR, realRuntime } from '../../../src/runtime/runtime.ts';
import type { Item, Table } from '../../../src/table/table.ts';
import { thoughtItem } from '../../../src/thoughts/thought-items.ts';

/** Authors, each with followers, of whom the first few are connected. */
export interface Shape {
  /** Names of authors begin so: one table can hold several worlds. */
  name: string;
  authors: number;
  followers: number;
  connected: number;
}

export const createTable = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification, SSESpecification, StreamSpecification, ...rest } =
    tableResource().Properties;
  await client.send(new CreateTableCommand({ ...rest, TableName } as unknown as CreateTableCommandInput));
};

const SEEDED_AT_ONCE = 1_000;
/** On a busy machine. */
const SEED_MS = 60_000;

/** Followers and who of them is connected; every one was seen lately. */
export const seed = async (table: Table, { name, authors, followers, connected }: Shape): Promise<void> => {
  const now = Date.now();
  const puts = (author: string, at: number): { put: Item }[] => {
    const follower = `reader_${author}_${at}`;
    const edge = { muted: false, since: now, delivery: 'entry', warmFrom: 0 };
    const connectionId = `${Buffer.from(follower).toString('base64url')}=`;
    const connections = at < connected ? [{ connectionId, connectedAt: now - HOUR, authExpiresAt: now + HOUR }] : [];
    const presence = {
      username: follower,
      entriesFrom: 0,
      entriesUntil: now + 30 * 24 * HOUR,
      connections,
      version: 1,
    };
    return [
      { put: { ...keys.follower(author, follower), type: 'follower', ...edge } },
      { put: { ...keys.presence(follower), type: 'presence', ...presence } },
    ];
  };
  for (let author = 0; author < authors; author++) {
    for (let start = 0; start < followers; start += SEEDED_AT_ONCE) {
      const count = Math.min(SEEDED_AT_ONCE, followers - start);
      const some = Array.from({ length: count }, (_, at) => puts(`${name}_${author}`, start + at));
      await table.batchWrite(some.flat(), { deadline: Date.now() + SEED_MS });
    }
  }
};

/** A new thought of each author, in the table, and as the stream tells of them. */
export const post = async (table: Table, { name, authors }: Shape): Promise<DynamoDBStreamEvent> => {
  const items = Array.from({ length: authors }, (_, at) => {
    const text = 'A thought of the usual length, which says one thing and then leaves it at that.';
    const id = realRuntime.newId();
    return thoughtItem({ id, author: `${name}_${at}`, text, topics: [], createdAt: Date.now(), version: 1, seq: 1 }, 4);
  });
  await table.batchWrite(
    items.map((put) => ({ put })),
    { deadline: Date.now() + SEED_MS },
  );
  return eventOf(items);
};

/** Items as the stream tells that they are new. */
export const eventOf = (items: Item[]): DynamoDBStreamEvent => ({
  Records: items.map((item, at): DynamoDBRecord => {
    const NewImage = marshall(item, { removeUndefinedValues: true }) as Record<string, { S: string }>;
    const Keys = marshall({ pk: item.pk, sk: item.sk }) as Record<string, { S: string }>;
    const dynamodb = { Keys, NewImage, SequenceNumber: String(at + 1) };
    return { eventID: `${item.pk} ${item.sk}`, eventName: 'INSERT', dynamodb };
  }),
});
