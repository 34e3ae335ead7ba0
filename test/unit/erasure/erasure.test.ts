import { describe, expect, it } from 'vitest';
import { QUIET_MS } from '../../../src/erasure/erasure.ts';
import { UPLOADS } from '../../../src/images/image-store.ts';
import { keys } from '../../../src/keys/keys.ts';
import { erasureScene } from '../../support/erasure-scene.ts';
import { dump, post, times } from '../../support/world.ts';

/** `ERASE_FOLLOWERS=100000 npx vitest run --project unit test/unit/erasure` takes minutes. */
const FOLLOWERS = Number(process.env.ERASE_FOLLOWERS ?? 300);
const THOUGHTS = Math.max(1, Math.round(1_000 / FOLLOWERS));
/** Each an early one, and each at another place of what an invocation does. */
const KILLS = [2, 9, 25, 60, 120];
const NAME = 'alice_leaves';
const TEXT = 'a text of hers';

type Scene = Awaited<ReturnType<typeof erasureScene>>;

/** Somebody who has done everything that one can do, with everybody else who had to do with it. */
const populate = async (scene: Scene) => {
  const { accounts, blocks, connections, conversations, follows, limiter, messages, presence, reactions, runtime } =
    scene;
  for (const name of [NAME, 'bob', 'carol', 'dave']) await accounts.claim(`id of ${name}`, name);
  await scene.users.edit(NAME, { bio: TEXT });
  const own = [];
  for (let n = 0; n < THOUGHTS; n++) own.push(await post(scene, NAME, `${TEXT} #${n === 0 ? 'topic' : 'other'}`));
  const [target] = own;
  if (!target) throw new Error('No thought');
  const reply = await post(scene, 'bob', 'yes', { inReplyTo: { author: NAME, id: target.id } });
  const bobs = await post(scene, 'bob', 'of bob');
  await post(scene, NAME, TEXT, { inReplyTo: { author: 'bob', id: bobs.id } });
  await scene.thoughts.create(NAME, { text: TEXT }, { key: 'k', fingerprint: 'f' });
  await reactions.react(NAME, { author: 'bob', id: bobs.id }, 'like');
  await follows.follow('bob', NAME);
  await follows.follow(NAME, 'bob');
  await blocks.block('dave', NAME);
  await blocks.block(NAME, 'carol');
  await limiter.take(NAME, 'posts');
  for (const owner of [NAME, `${NAME}_2`]) await uploadTwice(scene, owner);
  await presence.seen('bob');
  for (const [username, connectionId] of [
    [NAME, 'hers'],
    ['bob', 'bobs'],
  ] as const) {
    const live = { connectionId, connectedAt: runtime.now(), authExpiresAt: runtime.now() + 3_600_000 };
    await connections.add({ username, ...live });
    await presence.connected(username, live);
  }
  await connections.subscribe('bobs', `author:${NAME}`);
  await connections.subscribe('bobs', 'topic:topic');
  const opened = await conversations.open(NAME, { members: ['bob'], text: TEXT });
  const group = await conversations.open('bob', {
    members: [NAME, 'carol_2'].slice(0, 1),
    name: 'group',
    text: 'of bob',
  });
  for (const outcome of [opened, group]) {
    if ('conversation' in outcome) await messages.post(outcome.conversation.roster.id, { author: NAME, text: TEXT });
  }
  await scene.settle();
  await scene.addFollowers(
    NAME,
    own.map(({ id }) => id),
    FOLLOWERS,
  );
  scene.skip();
  return { own, reply, bobs };
};

/** One image that is posted, and one that is only uploaded. */
const uploadTwice = async ({ imageObjects }: Scene, owner: string): Promise<void> => {
  await imageObjects.putUnused(`${owner}/1.png`, Buffer.from(TEXT), 'image/png');
  await imageObjects.putUnused(`${UPLOADS}${owner}/2.png`, Buffer.from(TEXT), 'image/png');
};

const traces = async ({ table }: Scene): Promise<string[]> =>
  (await dump(table)).map((item) => JSON.stringify(item)).filter((item) => item.includes(NAME) || item.includes(TEXT));

describe('a person who is erased', () => {
  it(`is named in no item, with ${FOLLOWERS} followers and after ${KILLS.length} kills, and others keep their data`, async () => {
    const scene = await erasureScene();
    const { own, reply, bobs } = await populate(scene);
    const { accounts, erasures, follows, runtime, sockets, thoughts, users, reactions, counters } = scene;
    expect((await traces(scene)).length).toBeGreaterThan(FOLLOWERS);
    const begun = await erasures.begin(`id of ${NAME}`, NAME);
    expect(await erasures.begin(`id of ${NAME}`, NAME)).toEqual(begun);
    expect(await accounts.find(`id of ${NAME}`)).toMatchObject({ erasingSince: begun.startedAt });
    await scene.settle(KILLS);
    expect(scene.kills()).toBe(KILLS.length);
    expect(await traces(scene)).toEqual([]);
    expect(scene.forgotten).toContain(NAME);
    expect([...scene.imageObjects.objects.keys()]).toEqual([`${NAME}_2/1.png`, `${UPLOADS}${NAME}_2/2.png`]);
    expect(runtime.now()).toBeGreaterThan(begun.startedAt + QUIET_MS);
    expect(await erasures.of(NAME)).toBeUndefined();

    // The others have what was theirs, and nothing of hers.
    expect((await users.get('bob'))?.counts).toEqual({ followers: 0, following: 0, thoughts: 2 });
    for (const at of [0, FOLLOWERS - 1]) {
      const follower = { kind: 'user', username: `follower_${at}` } as const;
      expect((await counters.read(follower)).following).toBe(0);
    }
    expect(await follows.sourcesOf('bob')).toEqual([]);
    expect(await thoughts.get('bob', reply.id)).toMatchObject({ text: 'yes' });
    expect(await thoughts.counts(bobs.id)).toEqual({ replies: 0, reactions: 0 });
    expect(await reactions.list(bobs.id, undefined, 10)).toEqual([]);

    // Her own socket was closed; bob's client was told to drop what it shows, and of each thought on the topic.
    expect(sockets.closed).toEqual(['hers']);
    const frames = sockets.posts
      .filter(({ connectionId }) => connectionId === 'bobs')
      .map(({ frame }) => JSON.parse(frame));
    expect(frames).toContainEqual(expect.objectContaining({ type: 'relation', author: NAME, follows: false }));
    const deleted = sockets.eventsOf('bobs').filter(({ type }) => type === 'thought.deleted');
    expect(deleted.map(({ thoughtId }) => thoughtId)).toContain(own[0]?.id);
  }, 600_000);

  it('leaves a handle that nobody can claim before its time, and whose next owner gets nothing of the person', async () => {
    const scene = await erasureScene();
    const { accounts, erasures, runtime, settings, users } = scene;
    await accounts.claim('a', NAME);
    await users.edit(NAME, { bio: TEXT });
    await erasures.begin('a', NAME);
    await scene.settle();
    expect(await accounts.claim('b', NAME)).toEqual({ kind: 'taken' });
    const held = await scene.table.get(keys.handle(NAME));
    expect(JSON.stringify(held)).not.toContain(NAME);
    runtime.pass(settings.handleHoldMs + 1);
    expect((await accounts.claim('b', NAME)).kind).toBe('claimed');
    expect(await users.get(NAME)).toMatchObject({ bio: '', counts: { followers: 0, following: 0, thoughts: 0 } });
  });

  it('can come back under another handle, as a new person', async () => {
    const scene = await erasureScene();
    const { accounts, erasures } = scene;
    await accounts.claim('a', NAME);
    await accounts.find('a');
    await erasures.begin('a', NAME);
    await scene.settle();
    expect(await accounts.find('a')).toBeUndefined();
    expect((await accounts.claim('a', 'alice_again')).kind).toBe('claimed');
  });

  it('stays erased when a stream record comes again after the end', async () => {
    const scene = await erasureScene();
    await scene.accounts.claim('a', NAME);
    await scene.erasures.begin('a', NAME);
    await scene.settle();
    const before = await dump(scene.table);
    const records = scene.engine.records.length;
    await scene.accounts.claim('b', 'bob');
    expect(times(1, () => records)[0]).toBeLessThan(scene.engine.records.length);
    await scene.settle();
    expect((await dump(scene.table)).length).toBe(before.length + 3);
  });
});
