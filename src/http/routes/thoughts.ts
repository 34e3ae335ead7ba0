import * as z from 'zod/mini';
import type { ImageStore } from '../../images/image-store.ts';
import { NewThought, type Thought, ThoughtEdit, ThoughtId, Topic } from '../../thoughts/thought.ts';
import type { ThoughtLists } from '../../thoughts/thought-lists.ts';
import type { ChangeOutcome, ThoughtStore } from '../../thoughts/thought-store.ts';
import { ThoughtView, toThoughtView } from '../../thoughts/thought-view.ts';
import type { TimelineReader } from '../../timelines/timeline-reader.ts';
import type { UserStore } from '../../users/user-store.ts';
import { Username } from '../../users/username.ts';
import { etag, expectedVersions } from '../etag.ts';
import { IDEMPOTENCY_HEADER, idempotencyOf } from '../idempotency-key.ts';
import { OrderedPageQuery, pageOf, pageRequest, thoughtPageView } from '../paging.ts';
import { Problem } from '../problems.ts';
import { type Answer, type Caller, route } from '../route.ts';

interface Dependencies {
  thoughts: ThoughtStore;
  users: UserStore;
  lists: ThoughtLists;
  reader: TimelineReader;
  images: ImageStore;
}

const ThoughtParams = z.object({ username: Username, id: ThoughtId });
const thoughtPage = pageOf(ThoughtView);
const CountedThought = z
  .object({ ...ThoughtView.shape, counts: z.object({ replies: z.int(), reactions: z.int() }) })
  .check(z.meta({ id: 'ThoughtWithCounts' }));

export const thoughtRoutes = ({ thoughts, lists, users, reader, images }: Dependencies) => ({
  'POST /thoughts': route({
    summary: 'Post a thought',
    auth: 'user',
    limit: 'posts',
    body: NewThought,
    headers: IDEMPOTENCY_HEADER,
    responses: { 201: ThoughtView },
    problems: [
      ...(['thought_not_found', 'thought_gone', 'blocked', 'key_reused'] as const),
      ...(['not_yours', 'image_not_found', 'not_an_image'] as const),
    ],
    async handle({ body, headers }, { username }) {
      const image = body.image === undefined ? undefined : await published(images, body.image, username);
      const outcome = await thoughts.create(username, { ...body, image }, idempotencyOf(headers, body));
      if (outcome.kind === 'blocked') throw new Problem('blocked');
      if (outcome.kind === 'no_reply_target') throw new Problem('thought_not_found', 'There is no thought to reply to');
      if (outcome.kind === 'key_reused') throw new Problem('key_reused');
      if (outcome.kind === 'gone') throw new Problem('thought_gone');
      const view = toThoughtView(outcome.thought);
      const location = `/users/${view.author}/thoughts/${view.id}`;
      return { status: 201, body: view, headers: { location, etag: etag(view) } };
    },
  }),

  'GET /thoughts': route({
    summary: "Everybody's thoughts, or those on one topic",
    auth: 'none',
    query: z.extend(OrderedPageQuery, { topic: z.optional(Topic) }),
    responses: { 200: thoughtPage },
    problems: ['invalid_cursor'],
    async handle({ query }) {
      const { topic } = query;
      const list = topic === undefined ? 'thoughts' : `topic ${topic}`;
      const request = pageRequest(list, query);
      const found = topic === undefined ? await lists.all().page(request) : await reader.topic(topic).page(request);
      return { status: 200, body: thoughtPageView(list, query, found) };
    },
  }),

  'GET /users/{username}/thoughts': route({
    summary: "A user's thoughts",
    auth: 'none',
    params: z.object({ username: Username }),
    query: OrderedPageQuery,
    responses: { 200: thoughtPage },
    problems: ['invalid_cursor', 'unknown_user'],
    async handle({ params: { username }, query }) {
      const list = `thoughts of ${username}`;
      const found = await lists.of(username).page(pageRequest(list, query));
      if (found.thoughts.length === 0 && !(await users.exists(username))) throw new Problem('unknown_user');
      return { status: 200, body: thoughtPageView(list, query, found) };
    },
  }),

  'GET /users/{username}/thoughts/{id}': route({
    summary: 'One thought',
    auth: 'none',
    params: ThoughtParams,
    responses: { 200: CountedThought },
    problems: ['thought_not_found'],
    async handle({ params: { username, id } }) {
      const [thought, counts] = await Promise.all([thoughts.get(username, id), thoughts.counts(id)]);
      if (!thought) throw new Problem('thought_not_found');
      return { status: 200, body: { ...toThoughtView(thought), counts }, headers: { etag: etag(thought) } };
    },
  }),

  'PATCH /users/{username}/thoughts/{id}': route({
    summary: "Change one's own thought",
    auth: 'user',
    limit: 'posts',
    params: ThoughtParams,
    body: ThoughtEdit,
    headers: { 'If-Match': 'The ETag of the version that is being changed' },
    responses: { 200: ThoughtView },
    problems: ['thought_not_found', 'not_yours', 'stale_version'],
    async handle({ params, body, headers }, caller) {
      mustOwn(params.username, caller);
      const expected = expectedVersions(headers);
      const thought = changed(await thoughts.edit(params.username, params.id, body, expected));
      return { status: 200, body: toThoughtView(thought), headers: { etag: etag(thought) } };
    },
  }),

  'DELETE /users/{username}/thoughts/{id}': route({
    summary: "Delete one's own thought",
    auth: 'user',
    limit: 'posts',
    params: ThoughtParams,
    headers: { 'If-Match': 'The ETag of the version that is being deleted' },
    responses: { 204: 'Deleted' },
    problems: ['thought_not_found', 'not_yours', 'stale_version'],
    async handle({ params, headers }, caller): Promise<Answer> {
      mustOwn(params.username, caller);
      changed(await thoughts.delete(params.username, params.id, expectedVersions(headers)));
      return { status: 204 };
    },
  }),

  'GET /users/{username}/thoughts/{id}/replies': route({
    summary: 'The replies to a thought',
    auth: 'none',
    params: ThoughtParams,
    query: OrderedPageQuery,
    responses: { 200: thoughtPage },
    problems: ['invalid_cursor', 'thought_not_found'],
    async handle({ params: { username, id }, query }) {
      const list = `replies to ${id}`;
      const request = pageRequest(list, query);
      if (!(await thoughts.get(username, id))) throw new Problem('thought_not_found');
      const found = await reader.replies(id).page(request);
      return { status: 200, body: thoughtPageView(list, query, found) };
    },
  }),

  'GET /timeline': route({
    summary: "The thoughts of those whom one follows, and one's own, newest first",
    auth: 'user',
    query: OrderedPageQuery,
    responses: { 200: thoughtPage },
    problems: ['invalid_cursor'],
    async handle({ query }, { username }) {
      const list = `timeline of ${username}`;
      const found = await reader.timelinePage(username, pageRequest(list, query));
      return { status: 200, body: thoughtPageView(list, query, found) };
    },
  }),
});

const published = async (images: ImageStore, image: string, username: string): Promise<string> => {
  if (!image.startsWith(`${username}/`)) throw new Problem('not_yours', 'Not your image');
  const outcome = await images.publish(image);
  if (outcome.kind === 'not_uploaded') throw new Problem('image_not_found');
  if (outcome.kind === 'not_an_image') throw new Problem('not_an_image');
  return outcome.url;
};

const mustOwn = (author: string, { username }: Caller): void => {
  if (author !== username) throw new Problem('not_yours');
};

const changed = (outcome: ChangeOutcome): Thought => {
  if (outcome.kind === 'not_found') throw new Problem('thought_not_found');
  if (outcome.kind === 'stale') throw new Problem('stale_version');
  return outcome.thought;
};
