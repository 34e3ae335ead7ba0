import type {
  ChannelState,
  ConversationNews,
  FailReason,
  Gap,
  LiveError,
  MessageEvent,
  Relation,
  State,
  ThoughtEvent,
} from './types.ts';

/** What a client's listeners hear, by name. */
export interface ClientEvents {
  event: [event: ThoughtEvent];
  /** A change of a private message, once each, each conversation's in order. */
  message: [event: MessageEvent];
  conversation: [news: ConversationNews];
  gap: [gap: Gap];
  relation: [relation: Relation];
  refused: [channel: string, error: LiveError];
  state: [state: State, reason?: FailReason];
  error: [error: LiveError];
  channel: [channel: string, state: ChannelState];
}
