import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { taskItem, toTask } from '../../../src/fan-out/task.ts';
import { keys } from '../../../src/keys/keys.ts';
import { decodeRecord, UnreadableRecordError } from '../../../src/stream/decode.ts';
import type { Item } from '../../../src/table/table.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { thoughtItem, tombstoneItem } from '../../../src/thoughts/thought-items.ts';
import { aRecord, poisonRecord } from '../../support/stream.ts';
import { aThought } from '../../support/thoughts.ts';

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const itemOf = (thought: Thought) => thoughtItem(thought, 4);

describe('a record', () => {
  it('of a new thought is a reference to it', () => {
    const thought = stored(aThought({ topics: ['aws'], inReplyTo: { author: 'bob', id: 'x' }, expiresAt: 99 }));
    const change = { author: 'alice', id: thought.id, version: 1, at: thought.createdAt };
    expect(decodeRecord(aRecord(1, itemOf(thought)))).toEqual({ kind: 'thought', change, topicsBefore: [] });
  });

  it('of a changed thought is a reference to it with the topics that it had before', () => {
    const before = stored(aThought({ topics: ['old'] }));
    const thought = { ...before, text: 'edited', version: 2, seq: 2, editedAt: 5 };
    expect(decodeRecord(aRecord(1, itemOf(thought), itemOf(before)))).toEqual({
      kind: 'thought',
      change: { author: 'alice', id: before.id, version: 2, at: 5 },
      topicsBefore: ['old'],
    });
  });

  it('of a thought with an unchanged version is no change', () => {
    const thought = stored(aThought());
    expect(
      decodeRecord(aRecord(1, itemOf(thought), { ...itemOf(thought), feedPk: undefined } as Item)),
    ).toBeUndefined();
  });

  it('of a deleted thought is a reference to its tombstone', () => {
    const before = stored(aThought({ topics: ['aws'] }));
    const change = decodeRecord(aRecord(1, tombstoneItem(before, 7, 5_000), itemOf(before)));
    expect(change).toEqual({
      kind: 'thought',
      change: { author: 'alice', id: before.id, version: 2, at: 5_000 },
      topicsBefore: ['aws'],
    });
  });

  it('of a new follow names who follows; of one that was muted, ended or barred, both', () => {
    const edge = { muted: false, since: 1, delivery: 'entry', warmFrom: 2 };
    const key = keys.following('bob', 'alice');
    const item: Item = { ...key, type: 'following', ...edge };
    const relation = { kind: 'relation', relation: { follower: 'bob', author: 'alice' } };
    expect(decodeRecord(aRecord(1, item))).toEqual({ kind: 'following', follower: 'bob' });
    expect(decodeRecord(aRecord(2, { ...item, muted: true } as Item, item))).toEqual(relation);
    expect(decodeRecord(aRecord(3, { ...item, delivery: 'push' } as Item, item))).toBeUndefined();
    expect(decodeRecord(aRecord(4, undefined, item))).toEqual(relation);
    expect(decodeRecord(aRecord(5, { ...key, type: 'barred' }, item))).toEqual(relation);
    expect(decodeRecord(aRecord(6, { ...key, type: 'barred' }))).toBeUndefined();
  });

  it('of a thought that has expired names its image, if it had one; of a deleted one, the image that it had', () => {
    const thought = stored(aThought({ image: 'https://images/alice/x.png' }));
    const image = 'https://images/alice/x.png';
    expect(decodeRecord(aRecord(1, undefined, itemOf(thought)))).toEqual({ kind: 'vanished', image });
    expect(decodeRecord(aRecord(1, undefined, itemOf(stored(aThought()))))).toBeUndefined();
    expect(decodeRecord(aRecord(1, tombstoneItem(thought, 7, 5_000), itemOf(thought)))).toMatchObject({
      kind: 'thought',
      imageBefore: image,
    });
  });

  it('of a task of the first edition is a task by reference, with the key of its item', () => {
    const id = '019b7a6e-1e4f-7000-8000-000000000000';
    const at = '2026-01-02T03:04:05.000Z';
    const key = { pk: `FANOUT#${id}:3`, sk: 'FOLLOWERS#alice#00000000-ffffffff' };
    const audience = { kind: 'followers', author: 'alice' };
    const happening = { id: `${id}:3`, type: 'thought.updated', author: 'alice', seq: 9, at, thoughtId: id };
    const item = { ...key, type: 'task', happening, audience, range: { from: 0, to: 9 }, depth: 1, expiresAt: 7 };
    expect(decodeRecord(aRecord(1, item as Item))).toEqual({
      kind: 'task',
      key,
      task: {
        change: { author: 'alice', id, version: 3, at: Date.parse(at) },
        audience,
        range: { from: 0, to: 9 },
      },
      expiresAt: 7,
    });
  });

  it('of a task is a task by reference, without a text', () => {
    const item = taskItem(
      {
        change: { author: 'alice', id: 'x', version: 2, at: 5 },
        audience: { kind: 'followers', author: 'alice' },
        range: { from: 5, to: 2 ** 32, after: '00000005#bob' },
      },
      0,
    );
    expect(decodeRecord(aRecord(1, item))).toEqual({
      kind: 'task',
      key: { pk: item.pk, sk: item.sk },
      task: stored(toTask(item)),
      expiresAt: item.expiresAt,
    });
  });

  it('of a profile, and of the removal of a thought without an image, is no change', () => {
    expect(decodeRecord(aRecord(1, undefined, itemOf(aThought())))).toBeUndefined();
    expect(decodeRecord(aRecord(1, { pk: 'USER#bob', sk: 'PROFILE', type: 'user' }))).toBeUndefined();
  });

  it.each<[string, DynamoDBRecord]>([
    ['no change in it', { eventName: 'INSERT' }],
    ['no new image', { eventName: 'MODIFY', dynamodb: { Keys: {} } }],
    ['an image that is none', { eventName: 'INSERT', dynamodb: { NewImage: { pk: {} as never } } }],
    ['a thought without anything', poisonRecord(1)],
    ['a thought without an id', aRecord(1, { ...itemOf(aThought()), id: undefined } as never)],
    ['a thought with a text that is none', aRecord(1, itemOf({ ...aThought(), text: 5 } as never))],
    ['a thought with half a number', aRecord(1, itemOf(aThought({ seq: 1.5 })))],
    ['a thought without topics', aRecord(1, itemOf({ ...aThought(), topics: undefined } as never))],
  ])('is unreadable with %s', (_, record) => {
    expect(() => decodeRecord(record)).toThrow(UnreadableRecordError);
  });
});
