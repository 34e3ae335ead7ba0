import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Api, ApiAnswer } from '../../tools/support/api.ts';
import { freshName, idsOf, newUser, pathOf } from '../support/people.ts';

const stack = inject('stack');
const FAMILY = '👩‍👩‍👧‍👦';
const NOBODY = freshName('nobody');
const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

/** What the bad requests are made with: two users, one thought of alice's, and cursors of her lists. */
interface World {
  alice: Api;
  bob: Api;
  /** Of alice's thought. */
  path: string;
  list: string;
  cursor: string;
}

type Case = [what: string, status: number, code: string, ask: (world: World) => Promise<ApiAnswer>];

const post =
  (body: unknown, headers?: Record<string, string>) =>
  ({ alice }: World): Promise<ApiAnswer> =>
    alice.request('POST', '/thoughts', body, headers);

const get =
  (pathOfWorld: (world: World) => string) =>
  (world: World): Promise<ApiAnswer> =>
    world.bob.request('GET', pathOfWorld(world));

const patch =
  (headers: Record<string, string>) =>
  ({ alice, path }: World): Promise<ApiAnswer> =>
    alice.request('PATCH', path, { text: 'changed' }, headers);

const reusedKey = async ({ alice }: World): Promise<ApiAnswer> => {
  const key = { 'idempotency-key': crypto.randomUUID() };
  const { body } = await alice.must('POST', '/thoughts', { text: 'one' }, key);
  await alice.must('DELETE', pathOf(body));
  return alice.request('POST', '/thoughts', { text: 'two' }, key);
};

const stale = async (world: World): Promise<ApiAnswer> => {
  const etag = (await world.alice.must('GET', world.path)).headers.get('etag') ?? '';
  await world.alice.must('PATCH', world.path, { text: 'changed before' });
  return patch({ 'if-match': etag })(world);
};

const TEXTS: Case[] = [
  ['an empty text', 400, 'invalid_request', post({ text: '' })],
  ['a text of white space', 400, 'invalid_request', post({ text: ' \n\t\u00a0\u3000' })],
  ['1,001 characters', 400, 'invalid_request', post({ text: 'x'.repeat(1_001) })],
  ['1,001 characters of two code points', 400, 'invalid_request', post({ text: 'e\u0301'.repeat(1_001) })],
  ['1,000 families, over 8 KB', 400, 'invalid_request', post({ text: FAMILY.repeat(1_000) })],
  ['328 families, just over 8 KB', 400, 'invalid_request', post({ text: FAMILY.repeat(328) })],
  ['a number for a text', 400, 'invalid_request', post({ text: 7 })],
  ['no text', 400, 'invalid_request', post({})],
  ['an unknown field', 400, 'invalid_request', post({ text: 'x', colour: 'red' })],
  ['six topics', 400, 'invalid_request', post({ text: '#a #b #c', topics: ['d', 'e', 'f'] })],
  ['a topic with a space', 400, 'invalid_request', post({ text: 'x', topics: ['a b'] })],
  ['a life of a second', 400, 'invalid_request', post({ text: 'x', expiresIn: 1 })],
  ['a list for a body', 400, 'invalid_request', post([])],
  ['null for a body', 400, 'invalid_request', post('null')],
  ['invalid JSON', 400, 'invalid_json', post('{"text": "x"')],
  ['no JSON content type', 415, 'unsupported_media_type', post('text=x', { 'content-type': 'text/plain' })],
  ['a key with a space', 400, 'invalid_request', post({ text: 'x' }, { 'idempotency-key': 'a b' })],
  ['a key of 256', 400, 'invalid_request', post({ text: 'x' }, { 'idempotency-key': 'k'.repeat(256) })],
  ['a key used for another body', 422, 'key_reused', reusedKey],
  [
    'a reply to a thought that is not there',
    404,
    'thought_not_found',
    (world) => post({ text: 're', inReplyTo: { author: world.alice.username, id: UNKNOWN_ID } })(world),
  ],
  ['an edit to an empty text', 400, 'invalid_request', ({ alice, path }) => alice.request('PATCH', path, { text: '' })],
  ['an edit by another', 403, 'not_yours', ({ bob, path }) => bob.request('PATCH', path, { text: 'mine' })],
  ['a delete by another', 403, 'not_yours', ({ bob, path }) => bob.request('DELETE', path)],
  ['an If-Match of an earlier version', 412, 'stale_version', stale],
  ['an If-Match that is no ETag', 412, 'stale_version', patch({ 'if-match': 'yesterday' })],
  ['a weak If-Match', 412, 'stale_version', patch({ 'if-match': 'W/"1"' })],
];

const READS: Case[] = [
  ['a forged cursor', 400, 'invalid_cursor', get(({ list }) => `${list}?cursor=Zm9yZ2Vk`)],
  ['an empty cursor', 400, 'invalid_cursor', get(({ list }) => `${list}?cursor=`)],
  ['a cursor cut short', 400, 'invalid_cursor', get(({ list, cursor }) => `${list}?cursor=${cursor.slice(0, -2)}`)],
  ['a cursor of 600', 400, 'invalid_request', get(({ list }) => `${list}?cursor=${'A'.repeat(600)}`)],
  ['a cursor of another list', 400, 'invalid_cursor', get(({ cursor }) => `/thoughts?cursor=${cursor}`)],
  [
    'a cursor of the other order',
    400,
    'invalid_cursor',
    get(({ list, cursor }) => `${list}?order=oldest&cursor=${cursor}`),
  ],
  ['a limit of 0', 400, 'invalid_request', get(({ list }) => `${list}?limit=0`)],
  ['a limit of 101', 400, 'invalid_request', get(({ list }) => `${list}?limit=101`)],
  ['a limit of abc', 400, 'invalid_request', get(({ list }) => `${list}?limit=abc`)],
  ['an empty limit', 400, 'invalid_request', get(({ list }) => `${list}?limit=`)],
  ['two limits', 400, 'invalid_request', get(({ list }) => `${list}?limit=1&limit=2`)],
  ['an unknown order', 400, 'invalid_request', get(({ list }) => `${list}?order=best`)],
  ['an unknown query parameter', 400, 'invalid_request', get(({ list }) => `${list}?colour=red`)],
  ['an empty topic', 400, 'invalid_request', get(() => '/thoughts?topic=')],
  ['an unknown user', 404, 'unknown_user', get(() => `/users/${NOBODY}`)],
  ["an unknown user's thoughts", 404, 'unknown_user', get(() => `/users/${NOBODY}/thoughts`)],
  ["an unknown user's followers", 404, 'unknown_user', get(() => `/users/${NOBODY}/followers`)],
  ['a malformed username', 400, 'invalid_request', get(() => '/users/Not%20One')],
  ['a malformed id', 400, 'invalid_request', get(({ list }) => `${list}/7`)],
  ['an id in upper case', 400, 'invalid_request', get(({ list }) => `${list}/${UNKNOWN_ID.replace('19', 'AB')}`)],
  ['an unknown id', 404, 'thought_not_found', get(({ list }) => `${list}/${UNKNOWN_ID}`)],
  ['the replies to an unknown id', 404, 'thought_not_found', get(({ list }) => `${list}/${UNKNOWN_ID}/replies`)],
  ['a follow of an unknown user', 404, 'unknown_user', ({ bob }) => bob.request('PUT', `/users/${NOBODY}/follow`)],
  ['a follow of oneself', 400, 'cannot_follow_self', ({ bob }) => bob.request('PUT', `/users/${bob.username}/follow`)],
  [
    'a mute of whom one does not follow',
    409,
    'not_following',
    ({ alice, bob }) => bob.request('PUT', `/users/${alice.username}/mute`),
  ],
  [
    'a profile with a long name',
    400,
    'invalid_request',
    ({ bob }) => bob.request('PUT', '/users/me', { name: 'x'.repeat(51) }),
  ],
];

describe('A bad request', () => {
  let world: World;

  beforeAll(async () => {
    const [alice, bob] = [await newUser(stack, 'alice'), await newUser(stack, 'bob')];
    const { body } = await alice.post('alone');
    const second = (await alice.post('second')).body;
    const list = `/users/${alice.username}/thoughts`;
    const cursor = (await alice.must('GET', `${list}?limit=1`)).body.next as string;
    await alice.must('DELETE', pathOf(second));
    world = { alice, bob, path: pathOf(body), list, cursor };
  });

  it.each([...TEXTS, ...READS])('with %s is answered %i %s', async (_what, status, code, ask) => {
    const answer = await ask(world);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ type: `urn:deep-thoughts:${code}`, status, title: expect.any(String) });
  });

  // DynamoDB would store U+FFFD in its place.
  it('with an unpaired surrogate is refused, because it cannot be stored', async () => {
    const answer = await world.bob.request('POST', '/thoughts', '{"text":"\\ud83d"}');
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });

  it('is answered with the name of every wrong field', async () => {
    const { body } = await world.alice.request('POST', '/thoughts', { text: 7, expiresIn: 'soon' });
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['body.expiresIn', 'body.text']);
  });

  it('stores nothing, and the next request succeeds', async () => {
    const { alice, list, path } = world;
    expect((await idsOf(alice, list)).map((id) => `${list}/${id}`)).toEqual([path]);
    const { status, body } = await alice.post('still here');
    expect(status).toBe(201);
    await alice.must('DELETE', pathOf(body));
  });

  it('to a route that does not exist is answered 404', async () => {
    expect((await world.alice.request('GET', '/nowhere')).status).toBe(404);
    expect((await world.alice.request('PUT', '/thoughts', {})).status).toBe(404);
  });
});
