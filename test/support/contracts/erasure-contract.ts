import { beforeEach, describe, expect, it } from 'vitest';
import { OWN_SHARD } from '../../../src/counters/counters.ts';
import { QUIET_MS } from '../../../src/erasure/erasure.ts';
import { keys } from '../../../src/keys/keys.ts';
import { MINUTE } from '../../../src/runtime/runtime.ts';
import { eraserOf, eraseUntil, itemsWith } from '../erasure-by-hand.ts';
import { FakeSockets } from '../fake-sockets.ts';
import { createWorld, type MakeTable, post, type World } from '../world.ts';
import { posted } from './conversation-contract.ts';

const NAME = 'alice_leaves';
const IDENTITY = `id of ${NAME}`;
const TEXT = 'a text of hers';
const HOLD_MS = 10 * 24 * 60 * MINUTE;

/** What the erasure of a person promises, on any table. */
export const erasureContract = (makeTable: MakeTable): void => {
  describe('an erasure', () => {
    let scene: World & { sockets: FakeSockets };

    beforeEach(async () => {
      scene = { ...createWorld(await makeTable(), { handleHoldMs: HOLD_MS }), sockets: new FakeSockets() };
      for (const name of [NAME, 'bob', 'carol']) await scene.accounts.claim(`id of ${name}`, name);
    });

    it('closes the account at once, and begins once when it is requested several times', async () => {
      const { accounts, erasures, runtime, users } = scene;
      const begun = await erasures.begin(IDENTITY, NAME);
      runtime.pass(1_000);
      expect(await erasures.begin(IDENTITY, NAME)).toEqual(begun);
      expect(await accounts.find(IDENTITY)).toMatchObject({ erasingSince: begun.startedAt });
      expect(await users.get(NAME)).toBeUndefined();
    });

    it('is continued by a second request only when it has stopped', async () => {
      const { erasures, runtime } = scene;
      const { step } = await erasures.begin(IDENTITY, NAME);
      runtime.pass(MINUTE);
      await erasures.begin(IDENTITY, NAME);
      expect((await erasures.of(NAME))?.step).toBe(step);
      runtime.pass(2 * MINUTE);
      await erasures.begin(IDENTITY, NAME);
      expect((await erasures.of(NAME))?.step).toBe(step + 1);
    });

    it('does not go back to an earlier step by a late invocation', async () => {
      const { erasures } = scene;
      const begun = await erasures.begin(IDENTITY, NAME);
      await erasures.note(begun, { ...begun, phase: 'thoughts' });
      await erasures.note(begun, { ...begun, erased: 7 });
      expect(await erasures.of(NAME)).toMatchObject({ phase: 'thoughts', erased: 0, step: 1 });
    });

    it('does nothing before its time, and nothing for a record of an earlier step', async () => {
      const { erasures, runtime } = scene;
      const thought = await post(scene, NAME, TEXT);
      const { step } = await erasures.begin(IDENTITY, NAME);
      await eraserOf(scene).goOn(NAME, () => true, step);
      runtime.pass(QUIET_MS);
      await eraserOf(scene).goOn(NAME, () => true, step);
      expect(await scene.thoughts.get(NAME, thought.id)).toMatchObject({ text: TEXT });
    });

    it('leaves no item of the person, and all items of others', async () => {
      const { blocks, conversations, erasures, follows, messages, reactions, thoughts, users } = scene;
      await post(scene, NAME, `${TEXT} #topic`);
      const bobs = await post(scene, 'bob', 'of bob');
      await post(scene, NAME, TEXT, { inReplyTo: { author: 'bob', id: bobs.id } });
      await thoughts.create(NAME, { text: TEXT }, { key: 'k', fingerprint: 'f' });
      await reactions.react(NAME, { author: 'bob', id: bobs.id }, 'like');
      await follows.follow('bob', NAME);
      await follows.follow(NAME, 'bob');
      await blocks.block(NAME, 'carol');
      await blocks.block('carol', NAME);
      const ofTwo = posted(await conversations.open(NAME, { members: ['bob'], text: TEXT })).conversation.head;
      const opened = await conversations.open('bob', { members: [NAME, 'carol'], text: 'of bob' });
      const group = posted(opened).conversation.head;
      await messages.post(group.id, { author: NAME, text: TEXT });
      for (const [username, id] of [
        [NAME, ofTwo.id],
        [NAME, group.id],
        ['bob', ofTwo.id],
      ] as const) {
        await scene.inboxes.markRead(username, id, 1, 'reader');
      }
      await erasures.begin(IDENTITY, NAME);
      expect((await itemsWith(scene, NAME)).length).toBeGreaterThan(10);
      await eraseUntil(scene, NAME);
      expect(await itemsWith(scene, NAME, TEXT)).toEqual([]);

      expect((await users.get('bob'))?.counts).toEqual({ followers: 0, following: 0, thoughts: 1 });
      // The block against the erased person is counted no longer.
      const carols = keys.count({ kind: 'user', username: 'carol' }, OWN_SHARD);
      expect(await scene.table.get(carols, { consistent: true })).toMatchObject({ blocks: 0 });
      expect(await thoughts.counts(bobs.id)).toEqual({ replies: 0, reactions: 0 });
      const { messages: left } = await messages.page(group.id, { from: 1 }, { limit: 10 });
      expect(left.map(({ text }) => text)).toEqual(['of bob']);
      expect((await scene.conversationReader.roster(group.id))?.members.map(({ username }) => username)).toEqual([
        'bob',
        'carol',
      ]);
    });

    it('lets nobody claim the handle before the hold ends', async () => {
      const { accounts, erasures, runtime } = scene;
      await erasures.begin(IDENTITY, NAME);
      await eraseUntil(scene, NAME);
      expect(await erasures.of(NAME)).toBeUndefined();
      expect(await accounts.find(IDENTITY)).toBeUndefined();
      expect(await accounts.claim('somebody', NAME)).toEqual({ kind: 'taken' });
      runtime.pass(HOLD_MS + 1);
      expect((await accounts.claim('somebody', NAME)).kind).toBe('claimed');
    });
  });
};
