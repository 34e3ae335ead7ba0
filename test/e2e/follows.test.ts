import { describe, expect, inject, it } from 'vitest';
import type { Api } from '../../tools/support/api.ts';
import { idsOf, isListed, Listener, newUsers } from '../support/people.ts';

const stack = inject('stack');

const countsOf = async (user: Api) => (await user.must('GET', `/users/${user.username}`)).body.counts;

/** A follower with a live device and one thought of the author's in the timeline. */
const acquainted = async () => {
  const [alice, bob] = await newUsers(stack, 'alice', 'bob');
  await bob.follow(alice.username);
  const listener = await Listener.start(bob);
  const own = await Listener.start(alice);
  const early = (await alice.post('before')).body.id;
  await listener.hears(early);
  await isListed(bob, '/timeline', early);
  /** Posts, and waits until it has passed the stream: the author has heard it, and the follower what came behind it. */
  const postUnheard = async (text: string): Promise<string> => {
    const { id } = (await alice.post(text)).body;
    await own.hears(id);
    await listener.hears((await bob.post('tick')).body.id);
    return id;
  };
  return { alice, bob, listener, early, postUnheard };
};

describe('Following', () => {
  it("shows the author's earlier thoughts in the timeline", async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const ids = [(await alice.post('1')).body.id, (await alice.post('2')).body.id];
    expect(await idsOf(bob, '/timeline')).toEqual([]);
    await bob.follow(alice.username);
    for (const id of ids) await isListed(bob, '/timeline', id);
    expect(await idsOf(bob, '/timeline')).toEqual(ids.toReversed());
  });

  it('twice has the effect and the counts of following once', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    for (let time = 0; time < 2; time++) expect((await bob.follow(alice.username)).status).toBe(204);
    await Promise.all([bob.follow(alice.username), bob.follow(alice.username)]);
    await alice.post('one');
    expect(await countsOf(alice)).toEqual({ followers: 1, following: 0, thoughts: 1 });
    expect(await countsOf(bob)).toEqual({ followers: 0, following: 1, thoughts: 0 });
    for (let time = 0; time < 2; time++) await bob.must('DELETE', `/users/${alice.username}/follow`);
    expect(await countsOf(alice)).toEqual({ followers: 0, following: 0, thoughts: 1 });
    expect(await countsOf(bob)).toEqual({ followers: 0, following: 0, thoughts: 0 });
  });

  it.each([
    ['an unfollow', 'DELETE', 'follow'],
    ['a block by the reader', 'PUT', 'block'],
    ['a mute', 'PUT', 'mute'],
  ])('ends with %s: neither seen nor heard, what came before included', async (_what, method, edge) => {
    const { alice, bob, listener, postUnheard } = await acquainted();
    await bob.must(method, `/users/${alice.username}/${edge}`);
    expect(await idsOf(bob, '/timeline')).toEqual([]);
    const late = await postUnheard('after');
    expect(listener.of(alice)).toHaveLength(1);
    expect(await idsOf(bob, '/timeline')).not.toContain(late);
  });

  it('shows all thoughts of the author again when a mute ends', async () => {
    const { alice, bob, listener, early, postUnheard } = await acquainted();
    await bob.must('PUT', `/users/${alice.username}/mute`);
    const muted = await postUnheard('unheard');
    await bob.must('DELETE', `/users/${alice.username}/mute`);
    const ids = await idsOf(bob, '/timeline');
    expect(ids.filter((id) => [early, muted].includes(id))).toEqual([muted, early]);
    const heard = await listener.hears((await alice.post('heard')).body.id);
    // What the mute has hidden is a hole in the author's numbers: the client has asked for it.
    expect(listener.of(alice).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(heard.seq).toBe(3);
  });
});

describe('A block by the author', () => {
  it("ends the follow and removes the author's thoughts from the timeline", async () => {
    const { alice, bob, listener, postUnheard } = await acquainted();
    await alice.must('PUT', `/users/${bob.username}/block`);
    expect(await idsOf(bob, '/timeline')).toEqual([]);
    expect(await countsOf(alice)).toMatchObject({ followers: 0 });
    expect(await countsOf(bob)).toMatchObject({ following: 0 });
    await postUnheard('not for bob');
    expect(listener.of(alice)).toHaveLength(1);
  });

  it('forbids replies and follows until it is lifted', async () => {
    const { alice, bob, early } = await acquainted();
    const reply = { text: 'but', inReplyTo: { author: alice.username, id: early } };
    await alice.must('PUT', `/users/${bob.username}/block`);
    const refused = [
      await bob.request('POST', '/thoughts', reply),
      await bob.request('PUT', `/users/${alice.username}/follow`),
      await alice.request('PUT', `/users/${bob.username}/follow`),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([403, 'blocked']));
    await alice.must('DELETE', `/users/${bob.username}/block`);
    expect((await bob.must('POST', '/thoughts', reply)).status).toBe(201);
    await bob.follow(alice.username);
    await isListed(bob, '/timeline', early);
  });
});
