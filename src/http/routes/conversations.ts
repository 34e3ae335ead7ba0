import * as z from 'zod/mini';
import { ConversationId, NewConversation, NewName } from '../../conversations/conversation.ts';
import type { ConversationStore, MembersOutcome } from '../../conversations/conversation-store.ts';
import {
  ConversationView,
  InboxView,
  InsightView,
  MessageView,
  toConversationView,
  toInboxView,
  toInsightView,
  toMessageView,
} from '../../conversations/conversation-view.ts';
import { positionOf, textOfPosition } from '../../conversations/inbox.ts';
import type { InboxReader } from '../../conversations/inbox-reader.ts';
import { Username } from '../../users/username.ts';
import { IDEMPOTENCY_HEADER, idempotencyOf } from '../idempotency-key.ts';
import { cursorOf, PageQuery, pageOf, pageRequest } from '../paging.ts';
import { Problem, type ProblemCode } from '../problems.ts';
import { route } from '../route.ts';
import { posted } from './messages.ts';

interface Dependencies {
  conversations: ConversationStore;
  inboxReader: InboxReader;
}

const Params = z.object({ id: ConversationId });
const OpenedView = z.object({ conversation: ConversationView, message: MessageView });

const PROBLEM_OF: Record<Exclude<MembersOutcome['kind'], 'changed' | 'unchanged'>, ProblemCode> = {
  not_found: 'conversation_not_found',
  not_a_group: 'not_a_group',
  unknown_user: 'unknown_user',
  blocked: 'blocked',
  full: 'conversation_full',
  too_many: 'too_many_conversations',
  busy: 'conversation_busy',
};
const CHANGE_PROBLEMS: ProblemCode[] = ['conversation_not_found', 'not_a_group', 'conversation_busy'];

const changed = (outcome: MembersOutcome) => {
  if (outcome.kind === 'changed' || outcome.kind === 'unchanged') return outcome.conversation;
  throw new Problem(PROBLEM_OF[outcome.kind]);
};

/** Whoever is no member, and never was, is answered as if there were no such conversation. */
export const conversationRoutes = ({ conversations, inboxReader }: Dependencies) => ({
  'POST /conversations': route({
    summary: 'Write to somebody, or begin a group; the same two people have one conversation',
    auth: 'user',
    limit: 'invitations',
    takes: ({ body }) => new Set(body.members).size,
    body: NewConversation,
    headers: IDEMPOTENCY_HEADER,
    responses: { 201: OpenedView },
    problems: [
      'nobody_else',
      'unknown_user',
      'blocked',
      'too_many_conversations',
      'conversation_ended',
      'message_gone',
      'key_reused',
      'conversation_busy',
    ],
    async handle({ body, headers }, { username }) {
      const outcome = await conversations.open(username, body, idempotencyOf(headers, ['conversation', body]));
      if (outcome.kind === 'nobody_else') throw new Problem('nobody_else');
      if (outcome.kind === 'unknown_user') throw new Problem('unknown_user', `There is no ${outcome.username}`);
      if (outcome.kind === 'too_many') {
        throw new Problem('too_many_conversations', `${outcome.username} is in 500 groups already`);
      }
      const { conversation, message } = posted(outcome);
      const view = { conversation: toConversationView(conversation.roster), message: toMessageView(message) };
      return { status: 201, body: view, headers: { location: `/conversations/${conversation.head.id}` } };
    },
  }),

  'GET /conversations': route({
    summary:
      "One's own conversations, latest first; of more than 1,000, in parts of 1,000. A page of large groups may be short",
    auth: 'user',
    query: PageQuery,
    responses: { 200: pageOf(InboxView) },
    problems: ['invalid_cursor'],
    async handle({ query }, { username }) {
      const list = `conversations of ${username}`;
      const { after, limit } = pageRequest(list, query);
      const { entries, next } = await inboxReader.page(username, positionOf(after), limit);
      const items = entries.map(toInboxView);
      return { status: 200, body: { items, ...(next && { next: cursorOf(list, textOfPosition(next)) }) } };
    },
  }),

  'GET /conversations/{id}': route({
    summary: 'One conversation, and how far its members have read',
    auth: 'user',
    params: Params,
    responses: { 200: InsightView },
    problems: ['conversation_not_found'],
    async handle({ params: { id } }, { username }) {
      const insight = await inboxReader.insight(username, id);
      if (!insight) throw new Problem('conversation_not_found');
      return { status: 200, body: toInsightView(insight) };
    },
  }),

  'PATCH /conversations/{id}': route({
    summary: 'Rename a group',
    auth: 'user',
    limit: 'conversations',
    params: Params,
    body: NewName,
    responses: { 200: ConversationView },
    problems: CHANGE_PROBLEMS,
    async handle({ params: { id }, body: { name } }, { username }) {
      const { roster } = changed(await conversations.rename(username, id, name));
      return { status: 200, body: toConversationView(roster) };
    },
  }),

  'DELETE /conversations/{id}': route({
    summary: "Remove a group that one has left from one's conversations; nothing of it can be read on",
    auth: 'user',
    limit: 'conversations',
    params: Params,
    responses: { 204: 'Removed' },
    problems: ['conversation_not_found', 'still_member'],
    async handle({ params: { id } }, { username }) {
      const { kind } = await conversations.remove(username, id);
      if (kind !== 'removed') throw new Problem(kind === 'not_found' ? 'conversation_not_found' : kind);
      return { status: 204 };
    },
  }),

  'PUT /conversations/{id}/members/{username}': route({
    summary:
      'Add somebody to a group, who sees what is said from then on. Who had left it loses what they could read on until now; to prevent it, they block the member who adds',
    auth: 'user',
    limit: 'invitations',
    params: z.object({ id: ConversationId, username: Username }),
    responses: { 204: 'Done; the same when it was so before' },
    problems: [...CHANGE_PROBLEMS, 'unknown_user', 'blocked', 'conversation_full', 'too_many_conversations'],
    async handle({ params }, { username }) {
      changed(await conversations.add(username, params.id, params.username));
      return { status: 204 };
    },
  }),

  'DELETE /conversations/{id}/members/me': route({
    summary: 'Leave a group; what was said until then can be read on',
    auth: 'user',
    limit: 'conversations',
    params: Params,
    responses: { 204: 'Left' },
    problems: CHANGE_PROBLEMS,
    async handle({ params: { id } }, { username }) {
      changed(await conversations.leave(username, id));
      return { status: 204 };
    },
  }),
});
