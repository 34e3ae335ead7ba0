import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_LAG_MS, QUIET_MS, SETTLE_MS } from '../../../src/erasure/erasure.ts';
import { keys } from '../../../src/keys/keys.ts';
import { MINUTE } from '../../../src/runtime/runtime.ts';
import { createStores } from '../../../src/stores.ts';
import { type ErasureScene, eraserOf, eraseUntil, itemsWith } from '../../support/erasure-by-hand.ts';
import { erasureScene } from '../../support/erasure-scene.ts';
import { Side, steppedTable } from '../../support/stepped-table.ts';
import { post } from '../../support/world.ts';

const NAME = 'alice_leaves';
const IDENTITY = `id of ${NAME}`;

let scene: ErasureScene;
beforeEach(async () => {
  scene = await erasureScene();
  for (const name of [NAME, 'bob', 'carol']) await scene.accounts.claim(`id of ${name}`, name);
});

describe('what others do while a person is erased', () => {
  it.each(['sockets', 'settling'] as const)("creates no item with the person's name in the phase %s", async (phase) => {
    const { blocks, conversations, erasures, follows, runtime, users } = scene;
    const group = await conversations.open('bob', { members: ['carol'], name: 'g', text: 'hi' });
    if (group.kind !== 'posted') throw new Error(group.kind);
    await erasures.begin(IDENTITY, NAME);
    if (phase !== 'sockets') await eraseUntil(scene, NAME, phase);
    expect(await users.get(NAME)).toBeUndefined();
    expect(await follows.follow('bob', NAME)).toEqual({ kind: 'unknown_user' });
    expect(await conversations.open('bob', { members: [NAME], text: 'hi' })).toEqual({
      kind: 'unknown_user',
      username: NAME,
    });
    expect((await conversations.open('bob', { members: [NAME, 'carol'], text: 'hi' })).kind).toBe('unknown_user');
    expect(await conversations.add('bob', group.conversation.head.id, NAME)).toEqual({ kind: 'unknown_user' });
    expect(await blocks.isBlocked('bob', [NAME])).toBe(false);
    await eraseUntil(scene, NAME);
    await scene.settle();
    expect(await itemsWith(scene, NAME)).toEqual([]);
    runtime.pass(scene.settings.handleHoldMs + MINUTE);
    expect((await scene.accounts.claim('id of a stranger', NAME)).kind).toBe('claimed');
    expect(await follows.followersOf(NAME, undefined, 10)).toEqual([]);
    expect((await scene.inboxReader.page(NAME, {}, 10)).entries).toEqual([]);
  });

  it("leaves no name in a reply's entry that the fan-out writes late", async () => {
    const thought = await post(scene, NAME, 'a text of hers #topic');
    await scene.erasures.begin(IDENTITY, NAME);
    scene.runtime.pass(QUIET_MS);
    const reply = await post(scene, 'bob', 'yes', { inReplyTo: { author: NAME, id: thought.id } });
    await eraseUntil(scene, NAME, 'settling');
    await scene.timelines.addToFeeds(reply);
    await scene.timelines.addToFeeds(thought);
    await eraseUntil(scene, NAME);
    await scene.settle();
    expect(await itemsWith(scene, NAME)).toEqual([]);
    expect(await scene.thoughts.get('bob', reply.id)).toMatchObject({ text: 'yes' });
  });

  it('brings no name back by an edit that has read the reply before it lost the name', async () => {
    const thought = await post(scene, NAME, 'a text of hers');
    const reply = await post(scene, 'bob', 'yes', { inReplyTo: { author: NAME, id: thought.id } });
    await scene.timelines.addToFeeds(reply);
    await scene.erasures.begin(IDENTITY, NAME);
    await eraseUntil(scene, NAME, 'settling');
    const side = new Side();
    const stepped = createStores({
      table: steppedTable(scene.table, side),
      settings: scene.settings,
      runtime: scene.runtime,
    });
    await side.begin(() => stepped.thoughts.edit('bob', reply.id, { text: 'no' }));
    for (let read = 0; read < 2; read++) await side.step();
    await eraseUntil(scene, NAME);
    await side.finish();
    expect(await scene.thoughts.get('bob', reply.id)).toMatchObject({ text: 'no' });
    expect(await itemsWith(scene, NAME)).toEqual([]);
  });
});

describe('an erasure', () => {
  it.each(['sockets', 'settling'] as const)('waits in the phase %s while the fan-out is late', async (phase) => {
    await scene.erasures.begin(IDENTITY, NAME);
    if (phase !== 'sockets') await eraseUntil(scene, NAME, phase);
    await scene.lag.note(2 * MOST_LAG_MS);
    scene.runtime.pass(QUIET_MS + SETTLE_MS);
    const eraser = eraserOf(scene);
    for (let call = 0; call < 3; call++) await eraser.goOn(NAME, () => true);
    expect((await scene.erasures.of(NAME))?.phase).toBe(phase);
    scene.runtime.pass(20 * MINUTE);
    await eraseUntil(scene, NAME);
    expect(await itemsWith(scene, NAME)).toEqual([]);
  });

  it('does a bounded part of the replies to one thought in one step', async () => {
    const thought = await post(scene, NAME, 'a text of hers');
    const entries = Array.from({ length: 600 }, (_, at) => ({
      put: { ...keys.replyEntry(thought.id, `id-${at}`), type: 'reply-entry', author: 'bob' },
    }));
    await scene.table.batchWrite(entries);
    await scene.erasures.begin(IDENTITY, NAME);
    scene.runtime.pass(QUIET_MS);
    let calls = 0;
    const counting = new Proxy(scene.table, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          calls++;
          return value.apply(target, args);
        };
      },
    });
    const eraser = eraserOf(scene, { table: counting });
    const most = { calls: 0, steps: 0 };
    while (await scene.erasures.of(NAME)) {
      calls = 0;
      let looks = 0;
      await eraser.goOn(NAME, () => ++looks === 1);
      most.calls = Math.max(most.calls, calls);
      most.steps++;
      scene.runtime.pass(SETTLE_MS);
    }
    expect(most.steps).toBeGreaterThan(600 / 50);
    expect(most.calls).toBeLessThan(100);
    expect(await scene.table.query({ pk: keys.replyEntry(thought.id, '').pk })).toEqual([]);
  });

  it('that has stopped continues when it is requested again, and one that runs gets no second record', async () => {
    const { erasures, runtime, engine } = scene;
    const begun = await erasures.begin(IDENTITY, NAME);
    scene.skip();
    const records = engine.records.length;
    await erasures.begin(IDENTITY, NAME);
    expect(engine.records.length).toBe(records);
    // Its record was parked.
    await scene.settle();
    expect(await erasures.of(NAME)).toEqual(begun);
    runtime.pass(QUIET_MS);
    await Promise.all([erasures.begin(IDENTITY, NAME), erasures.begin(IDENTITY, NAME)]);
    expect(engine.records.length).toBe(records + 1);
    await scene.settle();
    expect(await erasures.of(NAME)).toBeUndefined();
  });

  it('does nothing for a record of an earlier step', async () => {
    const { erasures, runtime } = scene;
    const { step } = await erasures.begin(IDENTITY, NAME);
    runtime.pass(QUIET_MS);
    const eraser = eraserOf(scene);
    await eraser.goOn(NAME, () => true, step);
    const moved = await erasures.of(NAME);
    expect(moved?.step).toBe(step + 1);
    await eraser.goOn(NAME, () => true, step);
    expect(await erasures.of(NAME)).toEqual(moved);
  });
});
