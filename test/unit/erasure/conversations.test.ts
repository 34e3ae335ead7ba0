import { beforeEach, describe, expect, it } from 'vitest';
import { QUIET_MS } from '../../../src/erasure/erasure.ts';
import { MINUTE } from '../../../src/runtime/runtime.ts';
import { TableBusyError } from '../../../src/table/table.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { type ErasureScene, eraserOf, eraseUntil, itemsWith } from '../../support/erasure-by-hand.ts';
import { erasureScene } from '../../support/erasure-scene.ts';

const NAME = 'alice_leaves';
const IDENTITY = `id of ${NAME}`;
const TEXT = 'a text of hers';

let scene: ErasureScene;
beforeEach(async () => {
  scene = await erasureScene();
  for (const name of [NAME, 'bob', 'carol']) await scene.accounts.claim(`id of ${name}`, name);
});

const group = async () => {
  const opened = await scene.conversations.open('bob', { members: [NAME, 'carol'], name: 'g', text: 'of bob' });
  return posted(opened).conversation.head.id;
};
const say = async (id: string, text = TEXT) => posted(await scene.messages.post(id, { author: NAME, text }));
const textsOf = async (id: string) =>
  (await scene.messages.page(id, { from: 1 }, { limit: 50, oldestFirst: true })).messages.map(({ text }) => text);

describe('the messages of a person who is erased', () => {
  it('are erased from a group that the person has left', async () => {
    const id = await group();
    await say(id);
    await scene.conversations.leave(NAME, id);
    await scene.erasures.begin(IDENTITY, NAME);
    await scene.settle();
    expect(await itemsWith(scene, NAME, TEXT)).toEqual([]);
    expect(await textsOf(id)).toEqual(['of bob']);
  });

  it('are erased from both memberships of a group that the person has left and joined again', async () => {
    const id = await group();
    await say(id);
    await scene.conversations.leave(NAME, id);
    await scene.conversations.add('bob', id, NAME);
    await say(id);
    await scene.erasures.begin(IDENTITY, NAME);
    await scene.settle();
    expect(await itemsWith(scene, NAME, TEXT)).toEqual([]);
    const roster = await scene.conversationReader.roster(id);
    expect(roster?.members.map(({ username }) => username)).toEqual(['bob', 'carol']);
  });

  it('are erased from a long conversation in bounded steps, with their tombstones', async () => {
    const id = await group();
    for (let at = 0; at < 25; at++) await say(id);
    await scene.messages.delete(id, 7, NAME);
    await scene.settle();
    await scene.erasures.begin(IDENTITY, NAME);
    scene.runtime.pass(QUIET_MS);
    await eraseUntil(scene, NAME, 'conversations');
    await scene.settle();
    expect(await itemsWith(scene, NAME, TEXT)).toEqual([]);
    expect(await textsOf(id)).toEqual(['of bob']);
  });

  it.each(['erase', 'removeErased'] as const)('are found again when the conversation is busy at %s', async (call) => {
    const id = await group();
    await say(id);
    await scene.settle();
    await scene.erasures.begin(IDENTITY, NAME);
    scene.runtime.pass(QUIET_MS);
    const busy = async () => {
      throw new TableBusyError('Busy');
    };
    const { messages, conversations } = scene;
    const eraser = eraserOf(scene, {
      messages: { erase: call === 'erase' ? busy : messages.erase.bind(messages) },
      conversations: { removeErased: call === 'removeErased' ? busy : conversations.removeErased.bind(conversations) },
    });
    await eraser.goOn(NAME, () => true);
    expect((await scene.erasures.of(NAME))?.phase).toBe('conversations');
    // What was done before is noted; from then on the record fails, and comes again.
    await expect(eraser.goOn(NAME, () => true)).rejects.toBeInstanceOf(TableBusyError);
    expect(await itemsWith(scene, NAME)).not.toEqual([]);
    await scene.settle();
    expect(await scene.erasures.of(NAME)).toBeUndefined();
    expect(await itemsWith(scene, NAME, TEXT)).toEqual([]);
  });

  it('are not shown to the next holder of the handle, whose conversations with the same people are new', async () => {
    const old = posted(await scene.conversations.open(NAME, { members: ['bob'], text: TEXT })).conversation.head.id;
    await scene.settle();
    await scene.erasures.begin(IDENTITY, NAME);
    await scene.settle();
    expect((await scene.messages.post(old, { author: 'bob', text: 'too late' })).kind).toBe('ended');
    scene.runtime.pass(scene.settings.handleHoldMs + MINUTE);
    expect((await scene.accounts.claim('id of a stranger', NAME)).kind).toBe('claimed');
    const id = posted(await scene.conversations.open('bob', { members: [NAME], text: 'hello' })).conversation.head.id;
    await scene.settle();
    expect(id).not.toBe(old);
    await say(id, 'hello bob');
    await scene.settle();
    const { entries } = await scene.inboxReader.page(NAME, {}, 10);
    expect(entries.map(({ entry }) => entry.conversation)).toEqual([id]);
    expect(await scene.table.query({ pk: 'USER#deleted' })).toEqual([]);
  });
});
