import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { taskItem, toDelivery } from '../../../src/fan-out/task.ts';
import { happeningOf } from '../../../src/protocol/live-event.ts';
import { decodeRecord, UnreadableRecordError } from '../../../src/stream/decode.ts';
import { keys } from '../../../src/table/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import { thoughtItem, tombstoneItem } from '../../../src/thoughts/thought-items.ts';
import { aRecord, poisonRecord } from '../../support/stream.ts';
import { aThought } from '../../support/thoughts.ts';

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe('a record', () => {
  it('of a new thought is that thought', () => {
    const thought = stored(aThought({ topics: ['aws'], inReplyTo: { author: 'bob', id: 'x' }, expiresAt: 99 }));
    expect(decodeRecord(aRecord(1, thoughtItem(thought)))).toEqual({ kind: 'thought', thought, before: undefined });
  });

  it('of a changed thought is that thought with the one before', () => {
    const before = stored(aThought());
    const thought = { ...before, text: 'edited', version: 2, seq: 2, editedAt: 5 };
    expect(decodeRecord(aRecord(1, thoughtItem(thought), thoughtItem(before)))).toEqual({
      kind: 'thought',
      thought,
      before,
    });
  });

  it('of a deleted thought is its tombstone', () => {
    const before = stored(aThought({ topics: ['aws'] }));
    const change = decodeRecord(aRecord(1, tombstoneItem(before, 7, 5_000), thoughtItem(before)));
    expect(change).toMatchObject({
      kind: 'thought',
      thought: { id: before.id, deletedAt: 5_000, seq: 7, text: '' },
      before,
    });
  });

  it('of a new follow is that follow; of a changed one, nothing, unless it was muted', () => {
    const follow = { follower: 'bob', author: 'alice', muted: false, since: 1 };
    const item: Item = { ...keys.following('bob', 'alice'), type: 'following', ...follow };
    expect(decodeRecord(aRecord(1, item))).toMatchObject({ kind: 'following', follow });
    const relation = { kind: 'relation', relation: { follower: 'bob', author: 'alice' } };
    expect(decodeRecord(aRecord(2, { ...item, muted: true } as Item, item))).toEqual(relation);
    expect(decodeRecord(aRecord(3, { ...item, since: 2 } as Item, item))).toBeUndefined();
    expect(decodeRecord(aRecord(4, undefined, item))).toEqual(relation);
  });

  it('of a task is its delivery', () => {
    const item = taskItem(
      {
        happening: happeningOf(aThought()),
        audience: { kind: 'followers', author: 'alice' },
        range: { from: 5, to: 2 ** 32, after: '00000005#bob' },
        depth: 3,
      },
      0,
    );
    expect(decodeRecord(aRecord(1, item))).toEqual({ kind: 'task', delivery: stored(toDelivery(item)) });
  });

  it('of what was removed, and of what concerns nobody, is nothing', () => {
    expect(decodeRecord(aRecord(1, undefined, thoughtItem(aThought())))).toBeUndefined();
    expect(decodeRecord(aRecord(1, { pk: 'USER#bob', sk: 'PROFILE', type: 'user' }))).toBeUndefined();
  });

  it.each<[string, DynamoDBRecord]>([
    ['no change in it', { eventName: 'INSERT' }],
    ['no new image', { eventName: 'MODIFY', dynamodb: { Keys: {} } }],
    ['an image that is none', { eventName: 'INSERT', dynamodb: { NewImage: { pk: {} as never } } }],
    ['a thought without anything', poisonRecord(1)],
    ['a thought without an id', aRecord(1, thoughtItem({ ...aThought(), id: undefined } as never))],
    ['a thought with a text that is none', aRecord(1, thoughtItem({ ...aThought(), text: 5 } as never))],
    ['a thought with half a number', aRecord(1, thoughtItem(aThought({ seq: 1.5 })))],
    ['a thought without topics', aRecord(1, thoughtItem({ ...aThought(), topics: undefined } as never))],
  ])('is unreadable with %s', (_, record) => {
    expect(() => decodeRecord(record)).toThrow(UnreadableRecordError);
  });
});
