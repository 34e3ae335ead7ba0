import { describe, expect, inject, it } from 'vitest';
import { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { freshName, idsOf, Listener, newUser, newUsers, pathOf } from '../support/people.ts';

const stack = inject('stack');

describe('Posting', () => {
  it('repeatedly with one idempotency key stores one thought', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const listener = await Listener.start(alice);
    const post = (user = alice) =>
      user.must('POST', '/thoughts', { text: 'once' }, { 'idempotency-key': 'the-same-key' });
    const first = await post();
    const repeated = await Promise.all([post(), post(), post()]);
    for (const { status, body } of repeated) expect([status, body]).toEqual([201, first.body]);
    expect(repeated.map(({ headers }) => headers.get('etag'))).toEqual(Array(3).fill(first.headers.get('etag')));
    expect(await idsOf(alice, `/users/${alice.username}/thoughts`)).toEqual([first.body.id]);
    // A key is its user's own.
    expect((await post(bob)).body.author).toBe(bob.username);
    await listener.hears((await alice.post('tick')).body.id);
    expect(listener.events).toHaveLength(2);
  });

  it('with one idempotency key in several requests at once stores one thought', async () => {
    const alice = await newUser(stack, 'alice');
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => alice.must('POST', '/thoughts', { text: 'once' }, headers)),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await idsOf(alice, `/users/${alice.username}/thoughts`)).toHaveLength(1);
  });

  it('many thoughts at once numbers them without holes', async () => {
    const alice = await newUser(stack, 'alice');
    const listener = await Listener.start(alice);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => alice.post(`${at}`)));
    const seqs = answers.map(({ body }) => body.seq as number).sort((a, b) => a - b);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await waitFor('all of them', () => listener.events.length >= 10).catch(() => {});
    expect(listener.events.map(({ seq }) => seq)).toEqual(seqs);
  });

  it('accepts a text of the largest size and refuses a larger one', async () => {
    const alice = await newUser(stack, 'alice');
    const family = '👩‍👩‍👧‍👦';
    const texts = ['x', 'é'.repeat(1_000), '🙂'.repeat(1_000), family.repeat(320), '  spaces stay  ', 'two\nlines'];
    for (const text of texts) {
      const { body } = await alice.post(text);
      expect((await alice.must('GET', pathOf(body))).body.text).toBe(text);
    }
  });

  it('a thought with expiresIn shows when it expires', async () => {
    const alice = await newUser(stack, 'alice');
    const { body } = await alice.post('soon gone', { expiresIn: 60 });
    const seconds = (Date.parse(body.expiresAt) - Date.parse(body.createdAt)) / 1000;
    expect(seconds).toBeGreaterThan(58);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});

describe('A profile', () => {
  it('is created by the first call with a token, and by no call without one', async () => {
    const stranger = await Api.login(stack, freshName('stranger'));
    const path = `/users/${stranger.username}`;
    expect((await stranger.request('GET', path)).status).toBe(404);
    await stranger.ticket();
    const { status, body } = await stranger.request('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ username: stranger.username, name: stranger.username, bio: '' });
  });

  it('changes the given fields and keeps the others', async () => {
    const alice = await newUser(stack, 'alice');
    await alice.must('PUT', '/users/me', { name: 'Alice 🙂', bio: 'Thinks.' });
    const { body } = await alice.must('PUT', '/users/me', { bio: '' });
    expect(body).toMatchObject({ name: 'Alice 🙂', bio: '' });
    expect((await alice.must('GET', `/users/${alice.username}`)).body).toEqual(body);
  });

  it('counts existing thoughts, not deleted ones', async () => {
    const alice = await newUser(stack, 'alice');
    const posts = await Promise.all([alice.post('1'), alice.post('2'), alice.post('3')]);
    await alice.must('DELETE', pathOf(posts[0].body));
    const { counts } = (await alice.must('GET', `/users/${alice.username}`)).body;
    expect(counts).toEqual({ followers: 0, following: 0, thoughts: 2 });
  });
});
