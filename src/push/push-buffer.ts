import type { Connection } from '../connections/connection.ts';
import type { MessageEvent } from '../protocol/message-event.ts';
import type { ConversationFrame } from '../protocol/packing.ts';
import type { RelationFrame } from '../protocol/server-frames.ts';
import type { EventBody, ThoughtEvent } from '../protocol/thought-event.ts';

/** What one's relation to an author has become. */
export type Relation = Omit<RelationFrame, 'type'>;

export interface PushBatch {
  connection: Connection;
  events: ThoughtEvent[];
  /** Channels whose list changed without an event: the client must read it again. */
  gaps: string[];
  relations: Relation[];
  messages: MessageEvent[];
  /** Frames about conversations other than their messages. */
  conversationFrames: ConversationFrame[];
}

interface OpenBatch {
  connection: Connection;
  events: Map<string, ThoughtEvent>;
  gaps: Set<string>;
  relations: Map<string, Relation>;
  messages: Map<string, MessageEvent>;
  conversationFrames: Map<string, ConversationFrame>;
}

/** The events that one invocation pushes, by connection. A connection gets each event once, with all of its channels. */
export class PushBuffer {
  readonly #batches = new Map<string, OpenBatch>();
  /** Connections that get the same event by the same channels share one object, so that it is serialised once. */
  readonly #shared = new Map<string, ThoughtEvent>();
  /** Is called when something is put into the empty buffer. */
  onFirst: () => void = () => {};

  add(connection: Connection, channel: string, eventBody: EventBody): void {
    const { events } = this.#batch(connection);
    const channels = events.get(eventBody.id)?.channels ?? [];
    if (!channels.includes(channel)) events.set(eventBody.id, this.#event(eventBody, [...channels, channel]));
  }

  #event(eventBody: EventBody, channels: string[]): ThoughtEvent {
    const key = `${eventBody.id} ${channels.join(' ')}`;
    const known = this.#shared.get(key);
    const event = known ?? { ...eventBody, channels };
    if (!known) this.#shared.set(key, event);
    return event;
  }

  /** Tells a connection to read a channel's list again. */
  addGap(connection: Connection, channel: string): void {
    this.#batch(connection).gaps.add(channel);
  }

  /** Tells a connection of its user's relation to an author. A later call replaces an earlier one. */
  addRelation(connection: Connection, relation: Relation): void {
    this.#batch(connection).relations.set(relation.author, relation);
  }

  addMessage(connection: Connection, event: MessageEvent): void {
    this.#batch(connection).messages.set(event.id, event);
  }

  /** Tells a connection about a conversation; the last word of each kind counts. */
  addConversationFrame(connection: Connection, frame: ConversationFrame): void {
    this.#batch(connection).conversationFrames.set(subjectOf(frame), frame);
  }

  #batch(connection: Connection): OpenBatch {
    const known = this.#batches.get(connection.connectionId);
    if (known) return known;
    if (this.#batches.size === 0) this.onFirst();
    const batch: OpenBatch = {
      connection,
      events: new Map<string, ThoughtEvent>(),
      gaps: new Set<string>(),
      relations: new Map(),
      messages: new Map(),
      conversationFrames: new Map(),
    };
    this.#batches.set(connection.connectionId, batch);
    return batch;
  }

  /** Removes and returns everything. */
  take(): PushBatch[] {
    const batches = [...this.#batches.values()].map(
      ({ connection, events, gaps, relations, messages, conversationFrames }) => ({
        connection,
        events: [...events.values()],
        gaps: [...gaps],
        relations: [...relations.values()],
        messages: [...messages.values()],
        conversationFrames: [...conversationFrames.values()],
      }),
    );
    this.#batches.clear();
    this.#shared.clear();
    return batches;
  }
}

const subjectOf = (frame: ConversationFrame): string =>
  frame.type === 'conversation.changed'
    ? `${frame.type} ${frame.conversation.id}`
    : `${frame.type} ${frame.conversationId} ${frame.username}`;
