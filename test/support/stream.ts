import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { InboxItem } from '../../src/conversations/inbox.ts';
import type { Item } from '../../src/table/table.ts';
import type { ThoughtItem } from '../../src/thoughts/thought-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** What the mapping's filter lets through. */
const STREAMED = ['thought', 'following', 'barred', 'task', 'message', 'roster', 'erasure'];

export const isStreamed = (now: Item | undefined, old: Item | undefined): boolean => {
  if (!now) return old?.type === 'following' || (old?.type === 'thought' && (old as ThoughtItem).image !== undefined);
  return STREAMED.includes(now.type) || (now.type === 'inbox' && (now as InboxItem).changedBy === 'reader');
};

const image = (item: Item): Record<string, AttributeValue> =>
  marshall(item, { removeUndefinedValues: true }) as Record<string, AttributeValue>;

/** A stream record of a change. @param at its place in the stream */
export const aRecord = (at: number, now: Item | undefined, old?: Item): DynamoDBRecord => {
  const { pk, sk } = now ?? old ?? { pk: '', sk: '' };
  return {
    eventID: `event-${at}`,
    eventName: now ? (old ? 'MODIFY' : 'INSERT') : 'REMOVE',
    dynamodb: {
      Keys: { pk: { S: pk }, sk: { S: sk } },
      // As long as they get: more digits than a number holds.
      SequenceNumber: String(10n ** 39n + BigInt(at)),
      ...(now && { NewImage: image(now) }),
      ...(old && { OldImage: image(old) }),
    },
  };
};

/** A record that nothing can be made of. */
export const poisonRecord = (at: number): DynamoDBRecord =>
  aRecord(at, { pk: `USER#poison${at}`, sk: 'THOUGHT#x', type: 'thought' });

/** The stream of a table in memory, filtered as the mapping does. */
export class StreamTap {
  #records: DynamoDBRecord[] = [];
  #count = 0;

  constructor(table: MemoryTable) {
    table.onChange = ({ old, new: now }) => {
      if (isStreamed(now, old)) this.#records.push(aRecord(++this.#count, now, old));
    };
  }

  /** The records since the last time. */
  take(): DynamoDBRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}

export const batchOf = (records: DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records: records });

/** The context of an invocation. Handlers ask it for nothing but the time that is left. */
export const contextWith = (remainingMs: () => number): Context =>
  ({ getRemainingTimeInMillis: remainingMs }) as unknown as Context;
