import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FanOut } from '../../../src/fan-out/fan-out.ts';
import { keys, namesOfEdge } from '../../../src/keys/keys.ts';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { readSettings } from '../../../src/settings.ts';
import { createStores, type Stores } from '../../../src/stores.ts';
import type { Item } from '../../../src/table/table.ts';
import { type ThoughtItem, toThought } from '../../../src/thoughts/thought-items.ts';
import { audit } from '../../../tools/table/audit.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

const NAMES = ['alice', 'bob', 'carol'];
const MINUTE = 60_000;
const settings = readSettings({ TABLE_NAME: 'memory' });

/** A table whose changes are fanned out at once. */
class LivingTable {
  readonly table = new MemoryTable();
  readonly runtime = new TestRuntime();
  readonly stores: Stores = createStores({ table: this.table, settings, runtime: this.runtime });
  readonly #changes: Parameters<MemoryTable['onChange']>[0][] = [];
  readonly #fanOut = new FanOut({
    ...this.stores,
    table: this.table,
    runtime: this.runtime,
    settings: settings.fanOut,
  });

  constructor() {
    this.table.onChange = (change) => this.#changes.push(change);
  }

  async settle(): Promise<void> {
    for (let change = this.#changes.shift(); change; change = this.#changes.shift()) {
      const invocation = { pushBuffer: new PushBuffer(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY };
      const item = change.new;
      if (item?.type === 'thought') {
        const topicsBefore = (change.old as unknown as ThoughtItem | undefined)?.topics ?? [];
        const { author, id, version, createdAt } = toThought(item as unknown as ThoughtItem);
        const reference = { author, id, version, at: createdAt };
        await this.#fanOut.handle({ kind: 'thought', change: reference, topicsBefore }, invocation);
      }
      if (item?.type === 'following' && !change.old) {
        await this.#fanOut.handle({ kind: 'following', follower: namesOfEdge(item).follower }, invocation);
      }
    }
  }

  findings() {
    const items = [...this.table.items.values()] as Item[];
    return audit(items, { now: this.runtime.now(), retentionMs: settings.timelines.retentionMs });
  }
}

const ACTIONS = [
  'post',
  'reply',
  'edit',
  'delete',
  'react',
  'follow',
  'unfollow',
  'block',
  'unblock',
  'mute',
  'deliver',
  'wait',
  'settle',
] as const;
const steps = fc.array(
  fc.record({
    action: fc.constantFrom(...ACTIONS),
    user: fc.constantFrom(...NAMES),
    other: fc.constantFrom(...NAMES),
    pick: fc.nat(9),
  }),
  { minLength: 5, maxLength: 40 },
);

let living: LivingTable;
beforeEach(async () => {
  living = new LivingTable();
  for (const name of NAMES) {
    await living.stores.users.ensure(name);
    await living.stores.presence.seen(name);
  }
});

const perform = async (
  { stores, runtime }: LivingTable,
  { action, user, other, pick }: { action: (typeof ACTIONS)[number]; user: string; other: string; pick: number },
) => {
  runtime.pass(1_000);
  const { thoughts, lists, follows, blocks, reactions } = stores;
  const own = (await lists.of(user).page({ limit: 10 })).thoughts[pick];
  const theirs = (await lists.of(other).page({ limit: 10 })).thoughts[pick];
  if (action === 'post') await thoughts.create(user, { text: `#tag${pick} text` });
  if (action === 'reply' && theirs)
    await thoughts.create(user, { text: 're', inReplyTo: { author: other, id: theirs.id } });
  if (action === 'edit' && own) await thoughts.edit(user, own.id, { text: `edited #tag${pick}` });
  if (action === 'delete' && own) await thoughts.delete(user, own.id);
  if (action === 'react' && theirs) await reactions.react(user, { author: other, id: theirs.id }, 'like');
  if (user === other) return;
  if (action === 'follow') await follows.follow(user, other);
  if (action === 'unfollow') await follows.unfollow(user, other);
  if (action === 'block') await blocks.block(user, other);
  if (action === 'unblock') await blocks.unblock(user, other);
  if (action === 'mute') await follows.setMuted(user, other, pick % 2 === 0);
  if (action === 'deliver') await follows.setDelivery(user, other, pick % 2 === 0 ? 'push' : 'entry');
  if (action === 'wait') runtime.pass(pick * MINUTE);
};

describe('the audit', () => {
  it('finds nothing after any interleaving of what users do', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const table = new LivingTable();
        for (const name of NAMES) {
          await table.stores.users.ensure(name);
          await table.stores.presence.seen(name);
        }
        for (const step of list) {
          if (step.action === 'settle') await table.settle();
          else await perform(table, step);
        }
        await table.settle();
        expect(table.findings()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['edge', () => keys.follower('alice', 'bob')],
    ['count', () => keys.count({ kind: 'user', username: 'bob' }, 'OWN')],
    ['timeline', (id: string) => keys.timelineEntry('bob', id)],
    ['feed', (id: string) => keys.topicEntry('tag', id)],
  ])('finds a missing %s', async (rule, keyOf) => {
    await living.stores.follows.follow('bob', 'alice');
    living.runtime.pass(2 * MINUTE);
    const outcome = await living.stores.thoughts.create('alice', { text: '#tag' });
    await living.settle();
    expect(living.findings()).toEqual([]);
    await living.table.batchWrite([{ delete: keyOf(outcome.kind === 'created' ? outcome.thought.id : '') }]);
    expect(living.findings().map((finding) => finding.rule)).toContain(rule);
  });

  it('finds a follow that stands against a block', async () => {
    await living.stores.follows.follow('bob', 'alice');
    const block = { ...keys.block('alice', 'bob'), type: 'block', username: 'alice', blocked: 'bob' };
    await living.table.batchWrite([{ put: block }]);
    expect(new Set(living.findings().map((finding) => finding.rule))).toEqual(new Set(['block']));
  });
});
