import type { MessageEvent, ThoughtEvent } from '../../client/index.ts';

/** When the time of these tests begins. */
export const START = Date.parse('2026-01-02T03:04:05.000Z');

interface Change {
  author?: string;
  seq: number;
  version?: number;
  /** When the thought was made, in milliseconds since 1970; by default a second later with each change. */
  madeAt?: number;
  channels?: string[];
  isDeleted?: boolean;
}

const hex = (value: number | string, length: number): string =>
  (typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex'))
    .padStart(length, '0')
    .slice(-length);

/** The id of the thought that an author made in a millisecond. */
export const thoughtIdAt = (ms: number, author = 'alice'): string => {
  const time = hex(ms, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${hex(author, 12)}`;
};

/** One change of a thought, as a server tells it. */
export const eventOf = (change: Change): ThoughtEvent => {
  const { author = 'alice', seq, version = 1, channels = ['timeline'] } = change;
  const changedAt = START + seq * 1000;
  const madeAt = change.madeAt ?? changedAt;
  const thoughtId = thoughtIdAt(madeAt, author);
  const base = {
    id: `${thoughtId}:${version}`,
    channels,
    author,
    seq,
    at: new Date(changedAt).toISOString(),
    thoughtId,
  };
  if (change.isDeleted) return { ...base, type: 'thought.deleted' };
  const thought = {
    id: thoughtId,
    author,
    text: `${seq}`,
    topics: [],
    createdAt: new Date(madeAt).toISOString(),
    edited: version > 1,
    version,
    seq,
  };
  return { ...base, type: version === 1 ? 'thought.created' : 'thought.updated', thought };
};

/** One change of a message, as a server tells it. By default each number is a message of its own. */
export const messageOf = (change: {
  conversation: string;
  seq: number;
  place?: number;
  version?: number;
  isDeleted?: boolean;
}): MessageEvent => {
  const { conversation, seq, place = seq, version = 1 } = change;
  const at = new Date(START + seq * 1000).toISOString();
  const messageId = thoughtIdAt(START + place * 1000, conversation);
  const base = {
    ...{ id: `${messageId}:${version}`, channels: [`conversation:${conversation}`], conversationId: conversation },
    ...{ author: 'alice', seq, at, messageId, place },
  };
  if (change.isDeleted) return { ...base, type: 'message.deleted' };
  const message = {
    ...{ id: messageId, conversationId: conversation, place, author: 'alice', text: `${seq}`, version, seq },
    ...{ createdAt: new Date(START + place * 1000).toISOString(), edited: version > 1 },
  };
  return { ...base, type: version === 1 ? 'message.created' : 'message.updated', message };
};

/** A change of a thought about tea. @param channels the lists by which it comes */
export const teaOf = (seq: number, channels: string[]) => {
  const event = eventOf({ seq, channels });
  return { ...event, thought: { ...event.thought, topics: ['tea'] } } as ThoughtEvent;
};
