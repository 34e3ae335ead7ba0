import { describe, expect, it } from 'vitest';
import { WHOLE_RANGE } from '../../../src/fan-out/key-range.ts';
import { taskItem } from '../../../src/fan-out/task.ts';
import { keys } from '../../../src/keys/keys.ts';
import { decodeErasure } from '../../../src/stream/decode.ts';
import { type FailedObjects, forgetIn, withoutRecordsOf } from '../../../src/stream/failed-objects.ts';
import { type Item, TableBusyError } from '../../../src/table/table.ts';
import { createHarness } from '../../support/fan-out-harness.ts';
import { aRecord } from '../../support/stream.ts';
import { post } from '../../support/world.ts';

const record = (username: string) => ({ dynamodb: { Keys: { pk: { S: `USER#${username}` } } } });
/** As the mapping writes it: the whole event is a text. */
const givenUp = (...records: object[]) => JSON.stringify({ payload: JSON.stringify({ Records: records }) });
const batchOf = (...usernames: string[]) => givenUp(...usernames.map(record));

/** Objects that somebody else works on as well: between a list and a read, and between a read and a write. */
const sharedObjects = (texts: Record<string, string>, meanwhile: { listed?: () => void; read?: () => void } = {}) => {
  const stored = new Map(Object.entries(texts));
  const objects: FailedObjects = {
    async list() {
      const keys = [...stored.keys()];
      meanwhile.listed?.();
      return { keys, hasMore: false };
    },
    async get(key) {
      const text = stored.get(key);
      meanwhile.read?.();
      return text === undefined ? undefined : { text, version: text };
    },
    async replace(key, text, version) {
      if (stored.get(key) !== version) return { kind: 'changed' };
      stored.set(key, text);
      return { kind: 'replaced' };
    },
    delete: async (key) => void stored.delete(key),
  };
  return { objects, stored };
};

describe('two erasures that walk the failed records at once', () => {
  it('skip objects that the other one has deleted', async () => {
    const shared = sharedObjects(
      { a: batchOf('alice'), b: batchOf('alice') },
      { listed: () => shared.stored.delete('a') },
    );
    expect(await forgetIn(shared.objects, 'alice', undefined)).toEqual({ erased: 1, next: undefined });
    expect([...shared.stored.keys()]).toEqual([]);
  });

  it('restore no record that the other one has removed', async () => {
    let isFirst = true;
    const shared = sharedObjects(
      { a: batchOf('alice', 'bob', 'carol') },
      {
        read: () => {
          if (isFirst) shared.stored.set('a', batchOf('alice', 'carol'));
          isFirst = false;
        },
      },
    );
    await forgetIn(shared.objects, 'alice', undefined);
    expect(shared.stored.get('a')).toBe(batchOf('carol'));
  });

  it('fail and are retried when the other one always writes first', async () => {
    let reads = 0;
    const shared = sharedObjects(
      { a: batchOf('alice', 'bob') },
      { read: () => shared.stored.set('a', batchOf('alice', `bob_${++reads}`)) },
    );
    await expect(forgetIn(shared.objects, 'alice', undefined)).rejects.toBeInstanceOf(TableBusyError);
  });
});

describe('a failed record that names an erased person among others', () => {
  const thought = { ...keys.thought('carol', 'x'), type: 'thought', author: 'carol', id: 'x', topics: ['sea'] };
  const recordOf = (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text).record);

  it("of another's thought loses the reference to the person, and is kept", () => {
    const record = aRecord(1, { ...thought, inReplyTo: { author: 'bob', id: 'y' } } as Item, thought as Item);
    const kept = withoutRecordsOf(JSON.stringify({ record }), 'bob');
    expect(recordOf(kept)).toEqual(aRecord(1, thought as Item, thought as Item));
    expect(withoutRecordsOf(JSON.stringify({ record }), 'carol')).toBeUndefined();
    expect(withoutRecordsOf(JSON.stringify({ record }), 'dan')).toBe(JSON.stringify({ record }));
  });

  it("of the person's own thought goes also when its image does not say whose it is", () => {
    const record = aRecord(1, { ...keys.thought('bob', 'x'), type: 'thought' });
    expect(withoutRecordsOf(JSON.stringify({ record }), 'bob')).toBeUndefined();
  });

  it("of another's message is kept: the members' inboxes are written from it", () => {
    const message = { ...keys.message('c', 1), type: 'message', conversation: 'c', place: 1, author: 'carol' };
    for (const text of ['bob', 'thanks to #bob', '"bob"']) {
      const record = aRecord(1, { ...message, text } as Item);
      expect(withoutRecordsOf(JSON.stringify({ record }), 'bob')).toBe(JSON.stringify({ record }));
      expect(withoutRecordsOf(JSON.stringify({ record }), 'carol')).toBeUndefined();
    }
  });

  it.each(['FOLLOWING#bob', '["THOUGHT#x","bob"]'])(
    "of another's erasure loses the cursor %s, and is kept",
    (cursor) => {
      const erasure = { ...keys.erasure('alice'), type: 'erasure', username: 'alice', step: 7 };
      const record = aRecord(1, { ...erasure, cursor } as Item, { ...erasure, step: 6, cursor } as Item);
      const kept = withoutRecordsOf(JSON.stringify({ record }), 'bob');
      expect(recordOf(kept)).toEqual(aRecord(1, erasure as Item, { ...erasure, step: 6 } as Item));
      expect(decodeErasure(recordOf(kept))).toEqual({ username: 'alice', step: 7 });
      expect(withoutRecordsOf(JSON.stringify({ record }), 'alice')).toBeUndefined();
    },
  );

  it.each(['parked', 'given up'])('of a task, %s, goes on to those behind the person', async (kind) => {
    const harness = createHarness({ pageSize: 2 });
    const fans = await harness.fans(6);
    const order = await harness.follows.followersOf('alice', undefined, 10);
    const erased = order[1] ?? '';
    const { id } = await post(harness, 'alice');
    const change = { author: 'alice', id, version: 1, at: harness.runtime.now() };
    const task = taskItem(
      {
        change,
        audience: { kind: 'followers', author: 'alice' },
        range: { ...WHOLE_RANGE, after: keys.follower('alice', erased).sk },
      },
      harness.runtime.now(),
    );
    const record = aRecord(1, task);
    const text = kind === 'parked' ? JSON.stringify({ record }) : givenUp(record);
    expect(text).toContain(`#${erased}`);
    const kept = withoutRecordsOf(text, erased) ?? '';
    expect(kept).not.toContain(erased);
    await harness.follows.unfollow(erased, 'alice');
    harness.tap.take();
    const left = kind === 'parked' ? [recordOf(kept)] : JSON.parse(JSON.parse(kept).payload).Records;
    await harness.drain(left);
    const reached = fans.filter((name) => harness.entriesOf(name).includes(id));
    expect(reached.toSorted()).toEqual(order.slice(2).toSorted());
    // The author's own erasure takes the task.
    expect(withoutRecordsOf(text, 'alice')).toBeUndefined();
  });

  it('of a batch that was given up is taken out, and the others are kept as they are', () => {
    const records = [record('alice'), record('bob'), record('carol')];
    expect(withoutRecordsOf(givenUp(...records), 'bob')).toBe(givenUp(record('alice'), record('carol')));
    expect(withoutRecordsOf(givenUp(record('bob')), 'bob')).toBeUndefined();
    expect(withoutRecordsOf(givenUp(...records), 'dan')).toBe(givenUp(...records));
  });
});
