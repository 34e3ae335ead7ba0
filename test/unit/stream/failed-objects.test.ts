import { describe, expect, it } from 'vitest';
import { type FailedObjects, forgetIn } from '../../../src/stream/failed-objects.ts';
import { TableBusyError } from '../../../src/table/table.ts';

const record = (username: string) => ({ dynamodb: { Keys: { pk: { S: `USER#${username}` } } } });
const batchOf = (...usernames: string[]) => JSON.stringify({ payload: { Records: usernames.map(record) } });

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
  it('pass by what the other one has deleted', async () => {
    const shared = sharedObjects(
      { a: batchOf('alice'), b: batchOf('alice') },
      { listed: () => shared.stored.delete('a') },
    );
    expect(await forgetIn(shared.objects, 'alice', undefined)).toEqual({ erased: 1, next: undefined });
    expect([...shared.stored.keys()]).toEqual([]);
  });

  it('bring back nothing that the other one has taken out', async () => {
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

  it('come again when the other one is always faster', async () => {
    let reads = 0;
    const shared = sharedObjects(
      { a: batchOf('alice', 'bob') },
      { read: () => shared.stored.set('a', batchOf('alice', `bob_${++reads}`)) },
    );
    await expect(forgetIn(shared.objects, 'alice', undefined)).rejects.toBeInstanceOf(TableBusyError);
  });
});
