import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import type { Item, Key, Query, ReadOptions, Table, Write, WriteOutcome } from '../../../src/table/table.ts';
import type { Idempotency } from '../../../src/thoughts/idempotency.ts';
import { createWorld, dump, type MakeTable, post, times, type World } from '../world.ts';

const HOUR = 3_600_000;

const idempotency = (key: string, fingerprint = 'body'): Idempotency => ({
  key,
  fingerprint,
});

/** A table whose writes are all repeated by the client library, as when their answers get lost. */
class RepeatingTable implements Table {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }
  get = <T extends Item>(key: Key, options?: ReadOptions) => this.#table.get<T>(key, options);
  batchGet = <T extends Item>(keys: Key[], options?: ReadOptions) => this.#table.batchGet<T>(keys, options);
  query = <T extends Partial<Item> = Item>(query: Query) => this.#table.query<T>(query);
  batchWrite = (writes: ({ put: Item } | { delete: Key })[]) => this.#table.batchWrite(writes);
  scan: Table['scan'] = (after) => this.#table.scan(after);
  write = async (writes: Write[]): Promise<WriteOutcome> => {
    await this.#table.write(writes);
    return this.#table.write(writes);
  };
}

/** Posting once what is sent many times, and replying to what is there. */
export const thoughtCreateContract = (makeTable: MakeTable) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(await makeTable());
  });

  const listed = async (author = 'alice') => (await world.lists.of(author).page({ limit: 100 })).thoughts;

  describe('an idempotency key', () => {
    it('gives a repeated request the answer of the first one', async () => {
      const { thoughts, runtime } = world;
      const made = await thoughts.create('alice', { text: 'once' }, idempotency('k'));
      if (made.kind !== 'created') throw new Error(made.kind);
      runtime.pass(HOUR);
      const again = await thoughts.create('alice', { text: 'once' }, idempotency('k'));
      expect(again).toEqual({ kind: 'replayed', thought: JSON.parse(JSON.stringify(made.thought)) });
      expect((await listed()).length).toBe(1);
      expect((await post(world, 'alice')).seq).toBe(2);
    });

    it('posts once while this release and the one before answer in turns', async () => {
      const { runtime, table, thoughts } = world;
      const earlier = await post(world, 'alice', 'once');
      const later = { type: 'idempotency', fingerprint: 'body', expiresAt: Math.floor(runtime.now() / 1000) + 3600 };
      // As the release before writes it.
      const put = (key: string) => ({
        put: { ...keys.earlierIdempotency('alice', key), ...later, id: earlier.id } as Item,
        when: [{ attribute: 'pk', is: 'absent' as const }],
      });
      expect((await table.write([put('theirs')])).kind).toBe('written');
      const replayed = await thoughts.create('alice', { text: 'once' }, idempotency('theirs'));
      expect(replayed).toMatchObject({ kind: 'replayed', thought: { id: earlier.id } });
      expect((await thoughts.create('alice', { text: 'ours' }, idempotency('ours'))).kind).toBe('created');
      expect((await table.write([put('ours')])).kind).toBe('refused');
      expect((await listed()).length).toBe(2);
    });

    it('is refused with another body', async () => {
      await world.thoughts.create('alice', { text: 'one' }, idempotency('k', 'one'));
      expect(await world.thoughts.create('alice', { text: 'two' }, idempotency('k', 'two'))).toEqual({
        kind: 'key_reused',
      });
      expect((await listed()).length).toBe(1);
    });

    it('belongs to one author, who may use many', async () => {
      const outcomes = [
        await world.thoughts.create('alice', { text: 'x' }, idempotency('k')),
        await world.thoughts.create('bob', { text: 'x' }, idempotency('k')),
        await world.thoughts.create('alice', { text: 'x' }, idempotency('k2')),
      ];
      expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'created', 'created']);
    });

    it('posts once when the same request comes five times at once', async () => {
      const outcomes = await Promise.all(
        times(5, () => world.thoughts.create('alice', { text: 'once' }, idempotency('k'))),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', ...times(4, () => 'replayed')]);
      const [thought] = await listed();
      const replayed = outcomes.flatMap((outcome) => (outcome.kind === 'replayed' ? [outcome.thought] : []));
      expect(replayed).toEqual(times(4, () => thought));
      expect((await listed()).length).toBe(1);
    });

    it('expires after a day, whether or not the engine has removed it', async () => {
      const { runtime, thoughts } = world;
      await thoughts.create('alice', { text: 'x' }, idempotency('k', 'one'));
      runtime.pass(24 * HOUR - 1_000);
      expect((await thoughts.create('alice', { text: 'x' }, idempotency('k', 'one'))).kind).toBe('replayed');
      runtime.pass(1_000);
      expect((await thoughts.create('alice', { text: 'y' }, idempotency('k', 'two'))).kind).toBe('created');
      expect((await thoughts.create('alice', { text: 'y' }, idempotency('k', 'two'))).kind).toBe('replayed');
      expect((await listed()).length).toBe(2);
    });

    it('answers with the thought as it is now, and without its text when it is deleted', async () => {
      const { thoughts } = world;
      const made = await thoughts.create('alice', { text: 'secret' }, idempotency('k'));
      if (made.kind !== 'created') throw new Error(made.kind);
      const { id } = made.thought;
      await thoughts.edit('alice', id, { text: 'edited' });
      const again = await thoughts.create('alice', { text: 'secret' }, idempotency('k'));
      expect(again).toMatchObject({ kind: 'replayed', thought: { id, text: 'edited', version: 2 } });
      await thoughts.delete('alice', id);
      expect(await thoughts.create('alice', { text: 'secret' }, idempotency('k'))).toEqual({ kind: 'gone' });
      expect(JSON.stringify(await dump(world.table))).not.toMatch(/secret|edited/);
    });

    it('answers a repeated reply also when its target was deleted meanwhile', async () => {
      const { author, id } = await post(world, 'bob');
      const reply = { text: 'reply', inReplyTo: { author, id } };
      await world.thoughts.create('alice', reply, idempotency('k'));
      await world.thoughts.delete('bob', id);
      expect((await world.thoughts.create('alice', reply, idempotency('k'))).kind).toBe('replayed');
    });
  });

  it('recognizes its own write when the answer was lost and the write is repeated', async () => {
    const { thoughts } = createWorld(new RepeatingTable(world.table));
    const outcome = await thoughts.create('alice', { text: 'once' });
    expect(outcome).toMatchObject({ kind: 'created', thought: { text: 'once', seq: 1 } });
    expect((await thoughts.create('alice', { text: 'keyed' }, idempotency('k'))).kind).toBe('replayed');
    expect((await listed()).map(({ seq }) => seq)).toEqual([2, 1]);
  });

  describe('a reply', () => {
    const repliesTo = async (id: string) => (await world.thoughts.counts(id)).replies;
    const reply = (author: string, to: { author: string; id: string }) =>
      world.thoughts.create(author, { text: 'reply', inReplyTo: { author: to.author, id: to.id } });

    it('is counted while it exists', async () => {
      const target = await post(world, 'alice');
      const outcome = await reply('bob', target);
      await reply('alice', target);
      expect(outcome).toMatchObject({ kind: 'created', thought: { inReplyTo: { author: 'alice', id: target.id } } });
      expect(await repliesTo(target.id)).toBe(2);
      if (outcome.kind === 'created') await world.thoughts.delete('bob', outcome.thought.id);
      expect(await repliesTo(target.id)).toBe(1);
    });

    it('needs an existing thought of the named author', async () => {
      const target = await post(world, 'alice');
      expect(await reply('bob', { author: 'alice', id: world.runtime.newId() })).toEqual({ kind: 'no_reply_target' });
      expect(await reply('bob', { author: 'carol', id: target.id })).toEqual({ kind: 'no_reply_target' });
      expect(await listed('bob')).toEqual([]);
    });

    it('needs a thought that was not deleted', async () => {
      const target = await post(world, 'alice');
      await world.thoughts.delete('alice', target.id);
      expect(await reply('bob', target)).toEqual({ kind: 'no_reply_target' });
      expect(await repliesTo(target.id)).toBe(0);
    });

    it('needs a thought that has not expired', async () => {
      const target = await post(world, 'alice', 'soon gone', { expiresIn: 60 });
      world.runtime.pass(60_000);
      expect(await reply('bob', target)).toEqual({ kind: 'no_reply_target' });
    });

    it('is refused to a blocked person until the unblock, and to nobody else', async () => {
      const target = await post(world, 'alice');
      await world.blocks.block('alice', 'bob');
      expect(await reply('bob', target)).toEqual({ kind: 'blocked' });
      expect((await reply('carol', target)).kind).toBe('created');
      await world.blocks.unblock('alice', 'bob');
      expect((await reply('bob', target)).kind).toBe('created');
    });

    it('that was refused takes no number', async () => {
      await reply('bob', { author: 'alice', id: world.runtime.newId() });
      expect((await post(world, 'bob')).seq).toBe(1);
    });
  });
};
