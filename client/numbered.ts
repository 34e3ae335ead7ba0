import type { Gap, NumberedEvent, ThoughtEvent } from './types.ts';

const topicsOf = ({ thought }: ThoughtEvent): string[] => (thought?.topics ?? []).map((topic) => `topic:${topic}`);

/**
 * Names all lists that an event belongs to. This is needed because a replay names only the channel that was replayed.
 * @param isWanted whether the app listens to a channel
 * @param before lists that have the version before: this one may have left their topics
 */
export const inAllItsLists = (
  event: ThoughtEvent,
  isWanted: (channel: string) => boolean,
  before: string[],
): ThoughtEvent => {
  const left = before.filter(isTopic);
  const lists = new Set(['timeline', `author:${event.author}`, ...topicsOf(event), ...left, 'all']);
  const more = [...lists].filter((list) => !event.channels.includes(list) && isWanted(list));
  // What waited may have come by the timeline before its author was unfollowed.
  const came = event.channels.filter((list) => list !== 'timeline' || isWanted(list));
  const isSame = more.length === 0 && came.length === event.channels.length;
  return isSame ? event : { ...event, channels: [...came, ...more] };
};

export const isTopic = (channel: string): boolean => channel.startsWith('topic:');

/** Whether this version of the thought is not in this topic any more. */
export const hasLeft = (event: NumberedEvent, channel: string): boolean =>
  'thoughtId' in event && isTopic(channel) && !topicsOf(event).includes(channel);

/** Whose numbers something goes by: an author's, or a conversation's, which go by the name of its channel. */
export const listOf = (one: { author: string; conversationId?: string }): string =>
  one.conversationId === undefined ? one.author : channelOf(one.conversationId);

/** The id of the thought, or of the message. */
export const itemOf = (event: NumberedEvent): string => ('thoughtId' in event ? event.thoughtId : event.messageId);

export const channelOf = (conversationId: string): string => `conversation:${conversationId}`;

/** A conversation's list goes by the name of its channel. */
export const isConversation = (name: string): boolean => name.startsWith('conversation:');

/** The gap of an author, or of a conversation. */
export const gapOf = (list: string): Gap => (isConversation(list) ? { channel: list } : { author: list });

/** The version of the thought or message that an event shows: its id ends with it. */
export const versionOf = (event: NumberedEvent): number => Number(event.id.slice(event.id.lastIndexOf(':') + 1));

/** Whether the app can be given it: a newer server may send events of more types. */
export const isKnown = ({ type }: NumberedEvent): boolean =>
  /^(thought|message)\.(created|updated|deleted)$/.test(type);
