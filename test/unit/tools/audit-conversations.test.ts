import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import { DAY } from '../../../src/runtime/runtime.ts';
import type { Item } from '../../../src/table/table.ts';
import { audit } from '../../../tools/table/audit.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { createHarness, type Harness } from '../../support/fan-out-harness.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

let harness: Harness;
beforeEach(async () => {
  harness = createHarness();
  for (const name of NAMES) await harness.arrive(name);
});

const findings = () => {
  const { retentionMs } = harness.settings.timelines;
  return audit([...harness.table.items.values()] as Item[], { now: harness.runtime.now(), retentionMs });
};
const rules = () => [...new Set(findings().map(({ rule }) => rule))];
const open = async (members: string[], text = 'hello') =>
  posted(await harness.conversations.open('alice', { members, text })).conversation.head.id;
const say = async (id: string, author: string) =>
  posted(await harness.messages.post(id, { author, text: `of ${author}` })).message.place;
const change = async (key: { pk: string; sk: string }, to: Partial<Record<string, unknown>>) => {
  const item = await harness.table.get(key);
  await harness.table.batchWrite([{ put: { ...item, ...to } as Item }]);
};

describe('the audit of conversations', () => {
  it('finds nothing in one that was left, came back to, left again and removed', async () => {
    const { conversations, inboxes } = harness;
    const id = await open(['bob', 'carol']);
    await harness.drain();
    await conversations.leave('carol', id);
    await say(id, 'bob');
    await harness.drain();
    expect(findings()).toEqual([]);
    await conversations.add('bob', id, 'carol');
    await harness.drain();
    expect(findings()).toEqual([]);
    await say(id, 'carol');
    await inboxes.markRead('carol', id, 3, 'reader');
    await conversations.leave('carol', id);
    await say(id, 'alice');
    await harness.drain();
    await conversations.remove('carol', id);
    expect(findings()).toEqual([]);
  });

  it('finds nothing in one that everybody has left', async () => {
    const id = await open(['bob', 'carol']);
    await harness.drain();
    for (const name of ['alice', 'bob', 'carol']) await harness.conversations.leave(name, id);
    await harness.drain();
    expect(findings()).toEqual([]);
  });

  it('finds nothing in those that somebody was erased from, of two and of more', async () => {
    const { conversations, messages } = harness;
    for (const members of [['bob'], ['bob', 'carol']]) {
      const id = await open(members);
      await say(id, 'bob');
      await harness.drain();
      await messages.erase(id, 1, 'alice');
      await conversations.removeErased('alice', id);
      await harness.table.batchWrite([{ delete: keys.inboxRow('alice', id) }]);
      await harness.drain();
    }
    expect(findings()).toEqual([]);
  });

  it.each([
    ['in the middle', 2],
    ['first', 1],
    ['last', 3],
  ])('finds nothing when the tombstone of a message that stood %s has expired', async (_, place) => {
    const id = await open(['bob']);
    await say(id, 'alice');
    await say(id, 'alice');
    await harness.drain();
    await harness.messages.delete(id, place, 'alice');
    await harness.drain();
    harness.runtime.pass(31 * DAY);
    await harness.table.batchWrite([{ delete: keys.message(id, place) }]);
    expect(findings()).toEqual([]);
    if (place === 3) return;
    await say(id, 'bob');
    await harness.drain();
    expect(findings()).toEqual([]);
  });

  it('finds a message that is missing and too young to have expired', async () => {
    const id = await open(['bob']);
    await say(id, 'bob');
    await say(id, 'alice');
    await harness.drain();
    await harness.table.batchWrite([{ delete: keys.message(id, 2) }]);
    expect(rules()).toEqual(['message']);
    harness.runtime.pass(20 * DAY);
    expect(rules()).toEqual(['message']);
  });

  it('finds a member’s missing row, an outdated row, and a row of somebody who is not a member', async () => {
    const id = await open(['bob', 'carol']);
    await harness.drain();
    const row = await harness.table.get(keys.inboxRow('bob', id));
    await harness.table.batchWrite([{ delete: keys.inboxRow('bob', id) }]);
    expect(rules()).toEqual(['inbox']);
    await harness.table.batchWrite([{ put: row as Item }]);
    await say(id, 'alice');
    expect(rules()).toEqual(['inbox']);
    await harness.drain();
    expect(findings()).toEqual([]);
    await harness.table.batchWrite([{ put: { ...row, ...keys.inboxRow('dave', id), username: 'dave' } as Item }]);
    expect(rules()).toEqual(['inbox']);
  });

  it('finds a text in the row of one who has left, and a member who has left by the row', async () => {
    const id = await open(['bob', 'carol']);
    await harness.drain();
    await harness.conversations.leave('carol', id);
    await harness.drain();
    expect(findings()).toEqual([]);
    await change(keys.inboxRow('carol', id), { preview: 'a text' });
    expect(rules()).toEqual(['inbox']);
    await change(keys.inboxRow('carol', id), { preview: undefined });
    await change(keys.inboxRow('bob', id), { until: 1, untilSeq: 1 });
    expect(rules()).toEqual(['inbox']);
  });

  it('finds a head whose numbers are not those of the messages, and a roster of another version', async () => {
    const id = await open(['bob']);
    await say(id, 'bob');
    await harness.drain();
    await change(keys.conversation(id), { seq: 3 });
    expect(rules()).toContain('seq');
    await change(keys.conversation(id), { seq: 2, rosterVersion: 2 });
    expect(rules()).toEqual(['roster']);
    await harness.table.batchWrite([{ delete: keys.conversation(id) }]);
    expect(rules()).toEqual(['message']);
  });
});
