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

/** The events of a client, by name, with the values for their listeners. */
export interface ClientEvents {
  event: [event: ThoughtEvent];
  /** A change of a private message: each once, and in the order of its conversation. */
  message: [event: MessageEvent];
  conversation: [news: ConversationNews];
  gap: [gap: Gap];
  relation: [relation: Relation];
  refused: [channel: string, error: LiveError];
  state: [state: State, reason?: FailReason];
  error: [error: LiveError];
  channel: [channel: string, state: ChannelState];
}
