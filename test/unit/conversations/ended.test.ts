import { beforeEach, describe, expect, it } from 'vitest';
import { TableBusyError } from '../../../src/table/table.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { createHarness } from '../../support/fan-out-harness.ts';

describe('a conversation that somebody is erased from', () => {
  let harness: ReturnType<typeof createHarness>;

  beforeEach(async () => {
    harness = createHarness();
    for (const name of ['alice', 'bob', 'carol']) await harness.arrive(name, true);
  });

  const open = async (username: string, members: string[], text = 'hello') =>
    posted(await harness.conversations.open(username, { members, text })).conversation.head.id;
  const reads = async (username: string, id: string) => {
    const span = await harness.conversationReader.spanOf(username, id);
    return span && (await harness.messages.page(id, span, { limit: 50 })).messages.map(({ text }) => text);
  };
  /** As an erasure does it. */
  const erase = async (username: string, id: string) => {
    const { messages } = await harness.messages.page(id, { from: 1 }, { limit: 50 });
    for (const { place, author } of messages)
      if (author === username) await harness.messages.erase(id, place, username);
    await harness.conversations.removeErased(username, id);
    await harness.drain();
    await harness.table.batchWrite([{ delete: { pk: `USER#${username}`, sk: `CONVERSATION#${id}` } }]);
  };

  it('has tombstones without the author, also of who has left, with numbers without holes', async () => {
    const { messages, conversations, conversationReader } = harness;
    const id = await open('bob', ['alice', 'carol']);
    posted(await messages.post(id, { author: 'alice', text: 'hers' }));
    await conversations.leave('alice', id);
    await messages.erase(id, 2, 'alice');
    expect(await messages.stored(id, 2)).toMatchObject({ author: 'deleted', text: '', version: 2, seq: 3 });
    const before = await conversationReader.get(id);
    await messages.erase(id, 2, 'alice');
    await messages.erase(id, 1, 'alice');
    await messages.erase(id, 9, 'alice');
    await conversations.removeErased('alice', id);
    expect(await conversationReader.get(id)).toEqual(before);
    await harness.drain();
    expect(await harness.inboxes.row('carol', id)).toMatchObject({ seq: 3, lastAuthor: 'deleted', preview: undefined });
  });

  it('removes the name from an existing tombstone', async () => {
    const id = await open('bob', ['alice']);
    posted(await harness.messages.post(id, { author: 'alice', text: 'hers' }));
    await harness.messages.delete(id, 2, 'alice');
    await harness.messages.erase(id, 2, 'alice');
    expect(await harness.messages.stored(id, 2)).toMatchObject({ author: 'deleted', deletedAt: expect.any(Number) });
  });

  it('loses the person from the roster of a group and of two, and the head goes along', async () => {
    for (const members of [['alice'], ['alice', 'carol']]) {
      const id = await open('bob', members);
      await harness.conversations.removeErased('alice', id);
      const after = await harness.conversationReader.get(id);
      expect(after).toMatchObject({ head: { rosterVersion: 2 }, roster: { version: 2 } });
      expect(after?.roster.members.map(({ username }) => username)).not.toContain('alice');
    }
  });

  it('of two stays readable for the other, who can delete in it and not post', async () => {
    const id = await open('bob', ['alice'], 'to alice');
    await erase('alice', id);
    const { messages } = harness;
    expect(await messages.post(id, { author: 'bob', text: 'into the void' })).toEqual({ kind: 'ended' });
    expect(await messages.edit(id, 1, 'bob', 'into the void')).toEqual({ kind: 'ended' });
    expect(await reads('bob', id)).toEqual(['to alice']);
    expect((await messages.delete(id, 1, 'bob')).kind).toBe('changed');
    await harness.inboxes.markRead('bob', id, 1, 'reader');
    await harness.drain();
    expect(JSON.stringify([...harness.table.items.keys()])).not.toMatch(/USER#(deleted|alice)\\nCONVERSATION/);
  });

  it('of two is a new one with the next person of that name, whoever opens it, and that person does not see the old one', async () => {
    for (const opener of ['bob', 'alice']) {
      const other = opener === 'bob' ? 'alice' : 'bob';
      const old = await open('bob', ['alice'], 'to the first alice');
      await erase('alice', old);
      const id = await open(opener, [other], 'to whoever has the name');
      expect(id).not.toBe(old);
      expect(await open(other, [opener], 'an answer')).toBe(id);
      await harness.drain();
      expect(await reads('alice', id)).toEqual(['an answer', 'to whoever has the name']);
      expect(await reads('alice', old)).toBeUndefined();
      expect(await harness.messages.post(old, { author: 'alice', text: 'x' })).toEqual({ kind: 'not_found' });
      expect(await reads('bob', old)).toEqual(['to the first alice']);
      expect((await harness.inboxReader.page('alice', {}, 10)).entries.map(({ roster }) => roster.id)).toEqual([id]);
      await erase('alice', id);
    }
  });

  it('of two is refused when too many people have had these names', async () => {
    const ids = new Set<string>();
    for (let bearer = 0; bearer < 20; bearer++) {
      const id = await open('bob', ['alice']);
      ids.add(id);
      await harness.conversations.removeErased('alice', id);
    }
    expect(ids.size).toBe(20);
    expect(await harness.conversations.open('bob', { members: ['alice'], text: 'x' })).toEqual({ kind: 'ended' });
  });

  it('that is too busy is erased in a later step', async () => {
    const id = await open('bob', ['alice']);
    const write = harness.table.write.bind(harness.table);
    harness.table.write = async () => {
      throw new TableBusyError('Busy');
    };
    await expect(harness.messages.erase(id, 1, 'bob')).rejects.toThrow(TableBusyError);
    await expect(harness.conversations.removeErased('bob', id)).rejects.toThrow(TableBusyError);
    harness.table.write = write;
    expect(await harness.messages.stored(id, 1)).toMatchObject({ author: 'bob', text: 'hello' });
  });
});
