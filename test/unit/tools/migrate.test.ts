import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../local/faults/random.ts';
import { keys } from '../../../src/keys/keys.ts';
import type { Item, Table } from '../../../src/table/table.ts';
import { isVisible, type Thought } from '../../../src/thoughts/thought.ts';
import { audit } from '../../../tools/table/audit.ts';
import { migrate } from '../../../tools/table/migration/migrate.ts';
import { engineTable } from '../../support/engine-table.ts';
import { firstEditionItems, putAll } from '../../support/first-edition.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { everyPage, ids } from '../../support/pages.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld, dump, post, SETTINGS, type World } from '../../support/world.ts';

/** A tenth of the table. */
const PORTION = 50;

class Killed extends Error {}

/** A table that lets so many writes through, and no more: before the last one is made, or before it is answered. */
const mortalTable = (table: Table, writes: number, isAnswerLost: boolean): Table => {
  let left = writes;
  const dying = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left < 0) throw new Killed();
    if (left-- > 0) return work();
    if (isAnswerLost) await work();
    throw new Killed();
  };
  return {
    get: (...args) => table.get(...args),
    batchGet: (...args) => table.batchGet(...args),
    query: (...args) => table.query(...args),
    scan: (...args) => table.scan(...args),
    write: (...args) => dying(() => table.write(...args)),
    batchWrite: (...args) => dying(() => table.batchWrite(...args)),
  };
};

const setUp = async (seed: number, table: Table = new MemoryTable()) => {
  const random = seededRandom(seed);
  const runtime = new TestRuntime(undefined, seed);
  const { names, items } = firstEditionItems(random, runtime.now());
  await putAll(table, items);
  const world = createWorld(table, {}, runtime);
  const run = (on: Table = table) =>
    migrate(
      { table: on, stores: createWorld(on, {}, runtime), feedShards: SETTINGS.feedShards },
      { portionSize: PORTION },
    );
  const findings = async () =>
    audit(await dump(table), { now: runtime.now(), retentionMs: SETTINGS.timelines.retentionMs });
  return { random, table, runtime, names, items, world, run, findings };
};

/** What each user must see: the visible thoughts of those whom the items say they follow and have not muted. */
const timelinesMustHold = async ({ reader, runtime }: World, table: Table, names: string[]): Promise<void> => {
  const all = (await dump(table)) as (Item & Record<string, unknown>)[];
  const thoughts = all.filter(({ type }) => type === 'thought') as unknown as Thought[];
  for (const user of names) {
    const edges = all.filter(({ type, pk, muted }) => type === 'following' && pk === `USER#${user}` && !muted);
    const heard = new Set([user, ...edges.map(({ sk }) => sk.slice('FOLLOWING#'.length))]);
    const visible = thoughts.filter((thought) => heard.has(thought.author) && isVisible(thought, runtime.now()));
    const found = await everyPage((page) => reader.timelinePage(user, page), { limit: 7 });
    expect(found.flatMap((page) => ids(page.thoughts))).toEqual(ids(visible).sort().reverse());
  }
};

/** What anybody can see of a table. */
const seenOf = async ({ users, lists, thoughts, reader }: World, names: string[]) => {
  const feed = (await everyPage((page) => lists.all().page(page), { limit: 50 })).flatMap((page) => page.thoughts);
  return {
    users: await Promise.all(names.map((name) => users.get(name))),
    feed: ids(feed),
    counts: await Promise.all(feed.map(({ id }) => thoughts.counts(id))),
    topic: (await everyPage((page) => reader.topic('sea').page(page), { limit: 50 })).flatMap((page) =>
      ids(page.thoughts),
    ),
  };
};

describe('a migration of the first edition', () => {
  it.each([
    ['in memory', async () => new MemoryTable()],
    ["by DynamoDB's rules", async () => (await engineTable()).table],
  ])('leaves a table %s that the audit finds nothing in, and changes nothing again', async (_, makeTable) => {
    const { table, names, items, world, run, findings } = await setUp(1, await makeTable());
    const before = (await findings()).map(({ rule }) => rule);
    expect(new Set(before)).toEqual(new Set(['edition', 'block']));
    const counts = await run();
    expect(counts.examined).toBeGreaterThanOrEqual(items.length);
    for (const kind of ['thought', 'head', 'edge', 'count', 'reaction', 'presence', 'idempotency'] as const) {
      expect(counts[kind], kind).toBeGreaterThan(0);
    }
    expect(counts['left-over entry']).toBeGreaterThan(0);
    expect(await findings()).toEqual([]);
    const migrated = await dump(table);
    await run();
    expect(await dump(table)).toEqual(migrated);
    await timelinesMustHold(world, table, names);
    const { feed } = await seenOf(world, names);
    const live = items.filter((item) => item.type === 'thought' && item.deletedAt === undefined);
    expect(feed).toHaveLength(live.length);
    expect(JSON.stringify(migrated)).not.toContain('gsi1pk');
  });

  it('that is killed at twenty random points ends as one that is not, and timelines hold at each', async () => {
    const whole = await setUp(2);
    await whole.run();
    const broken = await setUp(2);
    const { random, table, names, world } = broken;
    let kills = 0;
    for (let run = 0; run < 200 && kills < 20; run++) {
      try {
        // Not so far that it would end.
        await broken.run(mortalTable(table, Math.floor(random() * 12), random() < 0.5));
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        kills++;
      }
      await timelinesMustHold(world, table, names);
    }
    expect(kills).toBe(20);
    const { examined = 0 } = await broken.run();
    // No portion was examined twice after it was done; moved items may come again.
    expect(examined).toBeLessThan(1.2 * broken.items.length);
    expect(await broken.findings()).toEqual([]);
    expect(await seenOf(world, names)).toEqual(await seenOf(whole.world, names));
  });

  it.each([3, 4, 5])('goes on while people post, follow, react, block and take back: seed %i', async (seed) => {
    const { random, table, runtime, names, world, run, findings } = await setUp(seed);
    const some = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 25; round++) {
      await run(mortalTable(table, Math.floor(random() * 9), random() < 0.5)).catch((error) => {
        if (!(error instanceof Killed)) throw error;
      });
      runtime.pass(1_000);
      const [user, other] = [some(names), some(names)];
      const thought = some((await world.lists.of(some(['alice', 'bob'])).page({ limit: 20 })).thoughts);
      const acts = [
        () => post(world, user, 'now #sea'),
        () => world.thoughts.edit(thought.author, thought.id, { text: 'edited #sea' }),
        () => world.reactions.takeBack(user, thought.id),
        () => world.reactions.react(user, thought, 'wow'),
        ...(user === other
          ? []
          : [
              () => world.follows.follow(user, other),
              () => world.follows.unfollow(user, other),
              () => world.follows.setMuted(user, other, random() < 0.5),
              () => world.blocks.block(user, other),
              () => world.blocks.unblock(user, other),
            ]),
      ];
      await some(acts)();
      await timelinesMustHold(world, table, names);
    }
    await run();
    await run();
    // Nothing is fanned out here, so what was posted meanwhile has no entries.
    const rules = (await findings()).map(({ rule }) => rule).filter((rule) => rule !== 'feed' && rule !== 'timeline');
    expect(rules).toEqual([]);
  });

  it('lets an erasure find every reaction: of the first edition, and of a release that did not note it yet', async () => {
    const { table, world, items, run } = await setUp(7);
    const thought = items.find(({ type, deletedAt }) => type === 'thought' && !deletedAt) as unknown as Thought;
    await world.reactions.react('a_later_one', thought, 'wow');
    await table.write([{ delete: keys.reacted('a_later_one', thought.id) }]);
    const counts = await run();
    expect(counts['marked reaction']).toBe(1);
    const reactions = (await dump(table)).filter(({ type }) => type === 'reaction') as (Item & { thoughtId: string })[];
    expect(reactions.length).toBeGreaterThan(1);
    for (const { sk, thoughtId } of reactions) {
      expect(await table.get(keys.reacted(sk, thoughtId)), `${sk} ${thoughtId}`).toMatchObject({ type: 'reacted' });
    }
    expect((await run())['marked reaction']).toBe(0);
  });

  it('keeps what was taken back away, and counts once who reacts again meanwhile', async () => {
    const { table, world, items, run } = await setUp(6);
    const old = items.filter(({ type }) => type === 'reaction') as unknown as (Item & { thoughtId: string })[];
    const [one, two] = old;
    if (!one || !two) throw new Error('There are no reactions');
    const authorOf = (id: string) => String(items.find((item) => item.id === id)?.author);
    await world.reactions.takeBack(one.sk, one.thoughtId);
    await world.reactions.react(two.sk, { author: authorOf(two.thoughtId), id: two.thoughtId }, 'wow');
    await run();
    const names = async (id: string) => (await world.reactions.list(id, undefined, 50)).map(({ username }) => username);
    expect(await names(one.thoughtId)).not.toContain(one.sk);
    for (const id of new Set(old.map(({ thoughtId }) => thoughtId))) {
      expect((await world.thoughts.counts(id)).reactions).toBe((await names(id)).length);
    }
    expect(await table.get(keys.firstReaction(two.thoughtId, two.sk))).toBeUndefined();
  });
});
