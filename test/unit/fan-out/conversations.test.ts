import { beforeEach, describe, expect, it } from 'vitest';
import type { PushBatch } from '../../../src/push/push-buffer.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { createHarness } from '../../support/fan-out-harness.ts';
import { times } from '../../support/world.ts';

describe('a change in a conversation', () => {
  let harness: ReturnType<typeof createHarness>;
  let id: string;

  beforeEach(async () => {
    harness = createHarness();
    for (const name of ['alice', 'bob', 'carol', 'dave']) await harness.arrive(name, true);
    await harness.open('c-alice-2', 'alice');
    id = await open(['bob', 'carol']);
    await harness.drain();
  });

  const open = async (members: string[]) =>
    posted(await harness.conversations.open('alice', { members, text: 'hello' })).conversation.head.id;
  const say = async (author: string, text = 'a message') =>
    posted(await harness.messages.post(id, { author, text })).message;
  const heard = (batches: PushBatch[]) =>
    batches.flatMap(({ connection, messages }) =>
      messages.map(({ type, place }) => `${connection.connectionId} ${type} ${place}`),
    );
  const told = (batches: PushBatch[]) =>
    batches.flatMap(({ connection, conversationFrames: frames }) =>
      frames.map((frame) => [connection.connectionId, frame]),
    );
  const row = (username: string) => harness.inboxes.row(username, id);

  it('is pushed to every connection of every member, and to nobody else', async () => {
    const { place } = await say('bob');
    const { batches } = await harness.drain();
    expect(heard(batches).sort()).toEqual(
      ['c-alice', 'c-alice-2', 'c-bob', 'c-carol'].map((connectionId) => `${connectionId} message.created ${place}`),
    );
    expect(batches[0]?.messages[0]).toMatchObject({
      ...{ channels: [`conversation:${id}`], conversationId: id, author: 'bob', seq: 2 },
      message: { text: 'a message', place: 2 },
    });
  });

  it('updates the inbox row of each member, and the read mark of the author', async () => {
    await say('bob', 'news');
    await harness.drain();
    for (const username of ['alice', 'bob', 'carol']) {
      expect(await row(username)).toMatchObject({ place: 2, seq: 2, preview: 'news', lastAuthor: 'bob' });
    }
    const marks = await harness.inboxes.readMarks(id, ['alice', 'bob', 'carol']);
    expect([...marks]).toEqual([
      ['alice', 1],
      ['bob', 2],
      ['carol', 0],
    ]);
    expect(await row('dave')).toBeUndefined();
  });

  it('that was replaced since is pushed once, as it is now, and no frame has a deleted text', async () => {
    await say('bob', 'first version');
    const [created] = harness.tap.take();
    await harness.messages.edit(id, 2, 'bob', 'second version');
    const [edited] = harness.tap.take();
    await harness.messages.delete(id, 2, 'bob');
    const records = [created, edited, ...harness.tap.take()].filter((record) => record !== undefined);
    const { batches } = await harness.drain([...records, ...records.toReversed(), ...records]);
    expect(new Set(heard(batches))).toEqual(
      new Set(['c-alice', 'c-alice-2', 'c-bob', 'c-carol'].map((connectionId) => `${connectionId} message.deleted 2`)),
    );
    expect(await row('carol')).toMatchObject({ place: 2, seq: 4 });
    expect(JSON.stringify([...harness.table.items.values()])).not.toMatch(/(first|second) version/);
    expect(JSON.stringify(batches)).not.toMatch(/(first|second) version/);
  });

  it("of an older message raises the rows' change number, and not the shown message", async () => {
    await say('bob', 'last');
    await harness.drain();
    await harness.messages.edit(id, 1, 'alice', 'edited');
    const { batches } = await harness.drain();
    expect(heard(batches)).toContain('c-carol message.updated 1');
    expect(await row('carol')).toMatchObject({ place: 2, seq: 3, preview: 'last' });
  });

  it('is not pushed to a former member, also when an old record comes again', async () => {
    await say('bob', 'before');
    const before = harness.tap.take();
    await harness.conversations.leave('carol', id);
    const { batches } = await harness.drain();
    const rest = { members: [], left: true };
    expect(told(batches)).toContainEqual([
      'c-carol',
      { type: 'conversation.changed', conversation: expect.objectContaining({ id, members: [] }), left: rest.left },
    ]);
    await harness.messages.edit(id, 2, 'bob', 'a secret');
    await say('alice', 'another secret');
    const after = await harness.drain([...harness.tap.take(), ...before]);
    expect(heard(after.batches).filter((line) => line.startsWith('c-carol'))).toEqual([]);
    expect(JSON.stringify(await row('carol'))).not.toContain('secret');
  });

  it('from before a member was added is neither pushed nor shown to that member', async () => {
    await say('bob', 'a secret');
    const before = harness.tap.take();
    await harness.conversations.add('alice', id, 'dave');
    const { batches } = await harness.drain([...before, ...harness.tap.take(), ...before]);
    expect(heard(batches).filter((line) => line.startsWith('c-dave'))).toEqual([]);
    expect(told(batches)).toContainEqual([
      'c-dave',
      {
        type: 'conversation.changed',
        conversation: expect.objectContaining({ id, members: ['alice', 'bob', 'carol', 'dave'] }),
        left: false,
        after: 2,
      },
    ]);
    const toAlice = told(batches).find(([connectionId]) => connectionId === 'c-alice');
    expect(toAlice?.[1], 'who began it has no number before').not.toHaveProperty('after');
    expect(JSON.stringify(await row('dave'))).not.toContain('secret');
    await say('bob', 'hello dave');
    expect(heard((await harness.drain()).batches)).toContain('c-dave message.created 3');
    expect(await row('dave')).toMatchObject({ preview: 'hello dave', place: 3, readUpTo: 2 });
  });

  it('by reading is pushed to the reader’s devices, and to the others as a receipt', async () => {
    await say('bob');
    await harness.drain();
    await harness.inboxes.markRead('alice', id, 2, 'reader');
    const frame = { type: 'conversation.read', conversationId: id, username: 'alice', upTo: 2 };
    expect(told((await harness.drain()).batches)).toEqual(
      ['c-alice', 'c-alice-2', 'c-bob', 'c-carol'].map((connectionId) => [connectionId, frame]),
    );
    await harness.inboxes.markRead('alice', id, 1, 'reader');
    expect((await harness.drain()).records).toEqual([]);
  });

  it('by reading is no receipt in a large group, nor where one has blocked the other', async () => {
    const names = times(20, (at) => `member_${at}`);
    for (const name of names) await harness.arrive(name, true);
    id = await open(names);
    const ofTwo = await open(['bob']);
    await harness.blocks.block('bob', 'alice');
    await harness.drain();
    for (const conversation of [id, ofTwo]) {
      await harness.inboxes.markRead('bob', conversation, 1, 'reader');
      await harness.inboxes.markRead('member_3', conversation, 1, 'reader');
    }
    const connectionIds = told((await harness.drain()).batches).map(([connectionId]) => connectionId);
    expect(connectionIds).toEqual(['c-member_3', 'c-bob']);
  });

  it('by a new name is pushed to all members', async () => {
    await harness.conversations.rename('bob', id, 'Our group');
    const frames = told((await harness.drain()).batches);
    expect(frames).toHaveLength(4);
    expect(frames[0]?.[1]).toMatchObject({ conversation: { name: 'Our group' }, left: false });
  });
});
