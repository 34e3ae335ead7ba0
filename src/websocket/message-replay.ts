import type { Span } from '../conversations/conversation.ts';
import { channelOf } from '../conversations/conversation-view.ts';
import { isNumberOnly, isWithin, type Message } from '../conversations/message.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import { eventOfMessage, type MessageEvent, redactedEventOf } from '../protocol/message-event.ts';
import { timeOfId } from '../thoughts/thought.ts';

const PAGE = 50;
/** Older changes than this are not replayed; the client reads the list again over HTTP. */
const MAX_MESSAGES = 500;

interface Request {
  conversation: string;
  span: Span;
  /** The id of the last message that the client has. */
  since: string;
  /** Behind which message the page before has stopped. */
  after: number | undefined;
  /** A replay begins so much before `since`: numbers are given in another order than ids, by some seconds. */
  overlapMs: number;
  maxBytes: number;
}

/** One page of a conversation's replay, oldest first, tombstones included. */
export type MessageReplay =
  | { kind: 'page'; events: MessageEvent[]; next?: string | undefined }
  | { kind: 'gap'; channel: string };

export const replayMessages = async (messages: MessageStore, request: Request): Promise<MessageReplay> => {
  const found = request.after === undefined ? await fromSince(messages, request) : await nextPage(messages, request);
  if (found === 'too far') return { kind: 'gap', channel: channelOf(request.conversation) };
  const events: MessageEvent[] = [];
  let bytes = 0;
  for (const message of found.messages) {
    const event = isWithin(message, request.span) ? eventOfMessage(message) : redactedEventOf(message);
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
    if (events.length >= PAGE || (events.length > 0 && bytes > request.maxBytes)) break;
    events.push(event);
  }
  const isCut = events.length < found.messages.length;
  const behind = isCut ? events.at(-1)?.place : found.next;
  return { kind: 'page', events, ...(behind !== undefined && { next: `${request.since}:${behind}` }) };
};

/** @property next the place after which the next page begins; the person may not see the message at that place */
interface Found {
  messages: Message[];
  next?: number | undefined;
}

/** A member who was added later gets only the numbers of older messages' changes. */
const reachOf = (span: Span): Span => (span.fromSeq === undefined ? span : { ...span, from: 1 });

const told = (found: Message[], span: Span): Message[] =>
  found.filter((message) => isWithin(message, span) || isNumberOnly(message, span));

/** Everything from shortly before `since`: read from the newest on, for the messages of a short absence are few. */
const fromSince = async (
  messages: MessageStore,
  { conversation, span, since, overlapMs }: Request,
): Promise<Found | 'too far'> => {
  const start = timeOfId(since) - overlapMs;
  const found: Message[] = [];
  for (let after: number | undefined; ; ) {
    const page = await messages.page(conversation, reachOf(span), { limit: PAGE, after, tombstones: true });
    const wanted = page.messages.filter(({ id }) => timeOfId(id) >= start);
    found.push(...wanted);
    if (page.next === undefined || wanted.length < page.messages.length) break;
    if (found.length >= MAX_MESSAGES) return 'too far';
    after = page.next;
  }
  return { messages: told(found.reverse(), span) };
};

const nextPage = async (messages: MessageStore, { conversation, span, after }: Request): Promise<Found> => {
  const request = { limit: PAGE, after, oldestFirst: true, tombstones: true };
  const page = await messages.page(conversation, reachOf(span), request);
  return { messages: told(page.messages, span), next: page.next };
};
