import * as z from 'zod/mini';
import { ConversationId, memberOf } from '../../conversations/conversation.ts';
import type { ConversationReader } from '../../conversations/conversation-reader.ts';
import { MessageView, toMessageView } from '../../conversations/conversation-view.ts';
import type { InboxStore } from '../../conversations/inbox-store.ts';
import { type Message, MessagePlace, NewMessage } from '../../conversations/message.ts';
import type { ChangeOutcome } from '../../conversations/message-changes.ts';
import type { MessageStore, PostOutcome } from '../../conversations/message-store.ts';
import { etag, expectedVersions } from '../etag.ts';
import { IDEMPOTENCY_HEADER, idempotencyOf } from '../idempotency-key.ts';
import { cursorOf, OrderedPageQuery, pageOf, pageRequest } from '../paging.ts';
import { Problem, type ProblemCode } from '../problems.ts';
import { route } from '../route.ts';

interface Dependencies {
  conversationReader: ConversationReader;
  messages: MessageStore;
  inboxes: InboxStore;
}

const Params = z.object({ id: ConversationId });
/** A page begins after the message at this place. */
const Position = z.optional(MessagePlace);
const MessageParams = z.object({ id: ConversationId, place: MessagePlace });
const ReadMark = z.strictObject({
  upTo: z.int().check(z.gte(0), z.meta({ description: "The last read message's place" })),
});
const IF_MATCH = { 'If-Match': 'The ETag of the version that the caller has seen' };

const POST_PROBLEM: Record<Exclude<PostOutcome['kind'], 'posted' | 'replayed'>, ProblemCode> = {
  not_found: 'conversation_not_found',
  blocked: 'blocked',
  ended: 'conversation_ended',
  gone: 'message_gone',
  key_reused: 'key_reused',
  busy: 'conversation_busy',
};

/** What was posted, now or by an earlier request. @throws Problem */
export const posted = (outcome: PostOutcome) => {
  if (outcome.kind === 'posted' || outcome.kind === 'replayed') return outcome;
  throw new Problem(POST_PROBLEM[outcome.kind]);
};

const CHANGE_PROBLEM: Record<Exclude<ChangeOutcome['kind'], 'changed'>, ProblemCode> = {
  not_found: 'message_not_found',
  not_yours: 'not_yours',
  stale: 'stale_version',
  blocked: 'blocked',
  ended: 'conversation_ended',
  busy: 'conversation_busy',
};

const changed = (outcome: ChangeOutcome): Message => {
  if (outcome.kind === 'changed') return outcome.message;
  throw new Problem(CHANGE_PROBLEM[outcome.kind]);
};

export const messageRoutes = ({ conversationReader, messages, inboxes }: Dependencies) => ({
  'GET /conversations/{id}/messages': route({
    summary: "A conversation's messages",
    auth: 'user',
    params: Params,
    query: OrderedPageQuery,
    responses: { 200: pageOf(MessageView) },
    problems: ['conversation_not_found', 'invalid_cursor'],
    async handle({ params: { id }, query }, { username }) {
      const list = `messages of ${id}`;
      const { after, limit, oldestFirst } = pageRequest(list, query);
      const span = await conversationReader.spanOf(username, id);
      if (!span) throw new Problem('conversation_not_found');
      const place = Position.safeParse(after);
      // A caller can invent a cursor. A member who has left must not read later messages with one.
      if (!place.success) throw new Problem('invalid_cursor');
      const page = { after: place.data, limit, oldestFirst };
      const { messages: found, next } = await messages.page(id, span, page);
      const seen = await conversationReader.stillSeen(username, id, span, found);
      const cursor = next !== undefined && { next: cursorOf(list, String(next), query.order) };
      return { status: 200, body: { items: seen.map(toMessageView), ...cursor } };
    },
  }),

  'POST /conversations/{id}/messages': route({
    summary: 'Post a message',
    auth: 'user',
    limit: 'messages',
    params: Params,
    body: NewMessage,
    headers: IDEMPOTENCY_HEADER,
    responses: { 201: MessageView },
    problems: [
      'conversation_not_found',
      'blocked',
      'conversation_ended',
      'message_gone',
      'key_reused',
      'conversation_busy',
    ],
    async handle({ params: { id }, body, headers }, { username }) {
      const idempotency = idempotencyOf(headers, ['message', id, body]);
      const { message } = posted(await messages.post(id, { author: username, text: body.text, idempotency }));
      const location = `/conversations/${id}/messages/${message.place}`;
      return { status: 201, body: toMessageView(message), headers: { location, etag: etag(message) } };
    },
  }),

  'PATCH /conversations/{id}/messages/{place}': route({
    summary: "Change one's own message",
    auth: 'user',
    limit: 'messages',
    params: MessageParams,
    body: NewMessage,
    headers: IF_MATCH,
    responses: { 200: MessageView },
    problems: ['message_not_found', 'not_yours', 'stale_version', 'blocked', 'conversation_ended', 'conversation_busy'],
    async handle({ params: { id, place }, body, headers }, { username }) {
      const message = changed(await messages.edit(id, place, username, body.text, expectedVersions(headers)));
      return { status: 200, body: toMessageView(message), headers: { etag: etag(message) } };
    },
  }),

  'DELETE /conversations/{id}/messages/{place}': route({
    summary: "Delete one's own message",
    auth: 'user',
    limit: 'messages',
    params: MessageParams,
    headers: IF_MATCH,
    responses: { 204: 'Deleted' },
    problems: ['message_not_found', 'not_yours', 'stale_version', 'conversation_busy'],
    async handle({ params: { id, place }, headers }, { username }) {
      changed(await messages.delete(id, place, username, expectedVersions(headers)));
      return { status: 204 };
    },
  }),

  'PUT /conversations/{id}/read': route({
    summary: 'Say how far one has read; back is no way',
    auth: 'user',
    limit: 'receipts',
    params: Params,
    body: ReadMark,
    responses: { 204: 'Done; the same when one has read further before' },
    problems: ['conversation_not_found'],
    async handle({ params: { id }, body: { upTo } }, { username }) {
      const conversation = await conversationReader.get(id);
      if (!conversation || !memberOf(conversation.roster, username)) throw new Problem('conversation_not_found');
      if (upTo > conversation.head.place) throw new Problem('invalid_request', 'body.upTo: there is no such message');
      if (upTo > 0) await inboxes.markRead(username, id, upTo, 'reader');
      return { status: 204 };
    },
  }),
});
