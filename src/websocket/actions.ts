import {
  type Channel,
  type ConversationChannel,
  conversationOf,
  isConversation,
  parseChannel,
} from '../connections/channel.ts';
import type { ConnectionStore, KnownConnection, SubscribeOutcome } from '../connections/connection-store.ts';
import { channelOf } from '../conversations/conversation-view.ts';
import type { ClientFrame, FrameOf } from '../protocol/client-frames.ts';
import { errorFrame } from '../protocol/error-frame.ts';
import type { ClosingCode, FrameErrorCode } from '../protocol/errors.ts';
import type { FrameOfServer, ServerFrame } from '../protocol/server-frames.ts';
import type { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { toThoughtView } from '../thoughts/thought-view.ts';
import { replayAll } from './replays.ts';
import type { Resumer } from './resume.ts';
import { pushTyping, type TypingDependencies } from './typing.ts';

export interface ActionDependencies extends TypingDependencies {
  connections: ConnectionStore;
  lifecycle: ConnectionLifecycle;
  resumer: Resumer;
  runtime: Runtime;
  /** Notes what went wrong, and says as much of it as a client may know. */
  failureOf: (action: string, error: unknown) => FrameErrorCode;
}

/** An answer; `closing`: the last one, and the socket is to be closed after it. */
export type ActionOutcome = { kind: 'answer'; frame: ServerFrame } | { kind: 'closing'; code: ClosingCode };

type Refusal = FrameOfServer<'ack'>['refused'][number];

const SUBSCRIBE_ERRORS: Record<Exclude<SubscribeOutcome['kind'], 'subscribed'>, FrameErrorCode> = {
  too_many: 'too_many_subscriptions',
  channel_full: 'channel_full',
  not_connected: 'not_connected',
};

/** Does what a frame asks for, on behalf of a connection whose login holds. */
export const perform = async (
  deps: ActionDependencies,
  connectionId: string,
  frame: ClientFrame,
): Promise<ActionOutcome> => {
  const found = await deps.lifecycle.find(connectionId);
  if (found.kind !== 'open') return { kind: 'closing', code: found.kind };
  const { connection } = found;
  switch (frame.action) {
    case 'ping':
      return pong(deps, connection, frame);
    case 'check':
      return answer(await checked(deps, connection, frame));
    case 'subscribe':
    case 'unsubscribe':
      return answer(await changeSubscriptions(deps, connection, frame));
    case 'resume':
      return answer(await resume(deps, connection, frame));
    case 'history':
      return answer(await history(deps, connection, frame));
    case 'typing':
      return answer(await typing(deps, connection, frame));
  }
};

const answer = (frame: ServerFrame): ActionOutcome => ({ kind: 'answer', frame });

const changeSubscriptions = async (
  { connections, conversationReader }: ActionDependencies,
  { connectionId, username }: KnownConnection,
  { action, channels, channel: single }: FrameOf<'subscribe'> | FrameOf<'unsubscribe'>,
): Promise<ServerFrame> => {
  const granted: { asked: string; channel: string }[] = [];
  const refused: Refusal[] = [];
  const wanted: { asked: string; channel: Channel }[] = [];
  const conversations: ConversationChannel[] = [];
  for (const asked of channels ?? [single ?? '']) {
    const parsed = parseChannel(asked);
    if (parsed.kind === 'unknown') refused.push(refusal(asked, 'unknown_channel'));
    // Every connection gets its user's timeline; it needs no subscription and has none to end.
    else if (parsed.channel === 'timeline') granted.push({ asked, channel: 'timeline' });
    else if (isConversation(parsed.channel)) conversations.push(parsed.channel);
    else wanted.push({ asked, channel: parsed.channel });
  }
  // Its members hear a conversation without asking, too; to everybody else there is none.
  const memberships = await conversationReader.memberships(username, conversations.map(conversationOf));
  for (const channel of conversations) {
    if (memberships.has(conversationOf(channel))) granted.push({ asked: channel, channel });
    else refused.push(refusal(channel, 'unknown_channel'));
  }
  const names = wanted.map(({ channel }) => channel);
  if (action === 'unsubscribe') await connections.unsubscribeAll(connectionId, names);
  const outcomes = action === 'subscribe' ? await connections.subscribeAll(connectionId, names) : [];
  for (const [at, one] of wanted.entries()) {
    const { kind } = outcomes[at] ?? { kind: 'subscribed' };
    if (kind === 'subscribed') granted.push(one);
    else refused.push(refusal(one.asked, SUBSCRIBE_ERRORS[kind]));
  }
  if (channels) return { type: 'ack', action, channels: granted, refused };
  const [one] = refused;
  if (one) return errorFrame(one.code);
  return { type: 'ack', action, channel: granted[0]?.channel, channels: granted, refused };
};

const refusal = (channel: string, code: FrameErrorCode): Refusal => {
  const { message } = errorFrame(code);
  return { channel, code, message };
};

const resume = async (
  { resumer, failureOf }: ActionDependencies,
  { username }: KnownConnection,
  { channels, channel = 'timeline', since = '', page }: FrameOf<'resume'>,
): Promise<ServerFrame> => {
  if (channels) return replayAll({ resumer, failureOf: (error) => failureOf('resume', error) }, username, channels);
  const parsed = parseChannel(channel);
  if (parsed.kind === 'unknown') return errorFrame('unknown_channel');
  // The messages of a conversation are replayed among `channels` only.
  const replayed = await resumer.resume({ username, channel: parsed.channel, since, page });
  return replayed.type === 'unknown' || replayed.type === 'messages' ? errorFrame('unknown_channel') : replayed;
};

const history = async (
  { resumer }: ActionDependencies,
  { username }: KnownConnection,
  { channel, before, limit }: FrameOf<'history'>,
): Promise<ServerFrame> => {
  const parsed = parseChannel(channel);
  // The messages of a conversation are read over HTTP.
  if (parsed.kind === 'unknown' || isConversation(parsed.channel)) return errorFrame('unknown_channel');
  const [after] = before?.split(':') ?? [];
  const { thoughts, next } = await resumer.past(username, parsed.channel, after, limit);
  return {
    type: 'history',
    channel: parsed.channel,
    thoughts: thoughts.map(toThoughtView),
    ...(next !== undefined && { next }),
  };
};

const typing = async (
  deps: ActionDependencies,
  connection: KnownConnection,
  { conversationId }: FrameOf<'typing'>,
): Promise<ServerFrame> => {
  const channel = channelOf(conversationId);
  const { kind } = await pushTyping(deps, connection, conversationId);
  const isKnown = kind !== 'unknown';
  const refused = isKnown ? [] : [refusal(channel, 'unknown_channel')];
  return { type: 'ack', action: 'typing', channels: isKnown ? [{ asked: channel, channel }] : [], refused };
};

/** Reads the connection with its mark of missed channels, and whether presence still has it. 2 read units. */
const pong = async (
  deps: ActionDependencies,
  connection: KnownConnection,
  frame: FrameOf<'ping'>,
): Promise<ActionOutcome> => {
  const { connectionId, missed } = connection;
  if (await deps.lifecycle.isReplaced(connection)) return { kind: 'closing', code: 'replaced' };
  // Clients of the first release send with a ping what newer ones send with a check.
  const more = frame.authors || frame.since ? await listed(deps, connection, frame) : {};
  if (missed) await deps.connections.clearMissed(connectionId, missed.mark);
  const at = new Date(deps.runtime.now()).toISOString();
  return answer({ type: 'pong', at, ...(missed && { missed: missed.channels }), ...more });
};

const checked = async (
  deps: ActionDependencies,
  connection: KnownConnection,
  frame: FrameOf<'check'>,
): Promise<ServerFrame> => {
  const more = await listed(deps, connection, frame);
  return { type: 'pong', at: new Date(deps.runtime.now()).toISOString(), ...more };
};

/**
 * Milliseconds after which a thought's push has come, as a rule. A younger one may be counted before its push comes, and the
 * client would ask for a replay of it: the next check counts it.
 */
const PUSHED_MS = 3_000;

interface Listed {
  authors?: string[] | undefined;
  since?: string | undefined;
  conversations?: boolean | undefined;
}

const listed = async (
  { resumer, runtime }: ActionDependencies,
  { username, connectionId }: KnownConnection,
  { authors, since, conversations }: Listed,
) => {
  if (await resumer.isLate()) return {};
  const opened = await resumer.open(username);
  const [sources, newest, seqs, numbers] = await Promise.all([
    resumer.sourcesOf(username, opened),
    resumer.newest(username, since, { opened, countBefore: runtime.now() - PUSHED_MS }),
    authors && resumer.lastSequenceNumbers({ username, connectionId }, authors, opened),
    conversations === true ? resumer.conversations(username) : undefined,
  ]);
  // Also when there are none: a server of the release before tells nothing of them.
  const notInTimeline = seqs && Object.keys(seqs).filter((author) => !opened.isHeard(author));
  return { ...newest, ...(seqs && { seqs, notInTimeline }), ...(numbers && { conversations: numbers }), sources };
};
