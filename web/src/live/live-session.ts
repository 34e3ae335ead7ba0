import { connect, type LiveClient, type ThoughtEvent } from 'deep-thoughts-client';
import { Store } from 'deep-thoughts-client/store';
import type { Api } from '../api/api.ts';
import type { Message, Routes, Thought } from '../api/types.ts';
import { Outbox } from '../outbox/outbox.ts';
import { Arrivals } from './arrivals.ts';
import { OpenChannels } from './open-channels.ts';
import { ownReactions, ownRelations } from './own.ts';
import { readList } from './read-list.ts';

export type ThoughtDraft = Routes['POST /thoughts']['body'];
export type MessageDraft = { conversationId: string; text: string };

/** Everything that lives as long as one login: the connection, the lists, what is being posted. */
export class LiveSession {
  readonly username: string;
  readonly client: LiveClient;
  readonly store: Store;
  readonly channels: OpenChannels;
  readonly arrivals = new Arrivals();
  readonly relations: ReturnType<typeof ownRelations>;
  readonly reactions: ReturnType<typeof ownReactions>;
  readonly thoughts: Outbox<ThoughtDraft, Thought>;
  readonly messages: Outbox<MessageDraft, Message>;

  constructor(api: Api, websocketUrl: string, username: string) {
    this.username = username;
    this.relations = ownRelations(api);
    this.reactions = ownReactions(api);
    this.client = connect({
      url: websocketUrl,
      ticket: () => api.call('POST /tickets'),
      onEvent: (event: ThoughtEvent) => this.arrivals.came(event, performance.now(), Date.now()),
    });
    this.store = new Store(this.client, (channel, after) => readList(api, channel, after));
    this.channels = new OpenChannels(this.client, this.store);
    this.thoughts = new Outbox({
      post: (body, key) => api.call('POST /thoughts', { body, headers: { 'Idempotency-Key': key } }),
      storage: sessionStorage,
      storageKey: `thoughts:${username}`,
      onPosted: ({ id }, startedAt) => this.arrivals.posted(id, startedAt),
    });
    this.messages = new Outbox({
      post: ({ conversationId: id, text }, key) =>
        api.call('POST /conversations/{id}/messages', {
          params: { id },
          headers: { 'Idempotency-Key': key },
          body: { text },
        }),
      storage: sessionStorage,
      storageKey: `messages:${username}`,
    });
    this.client
      .on('event', ({ type, thoughtId }) => {
        if (type === 'thought.deleted') this.thoughts.forget(({ id }) => id === thoughtId);
      })
      .on('message', ({ type, conversationId, place }) => {
        if (type !== 'message.deleted') return;
        this.messages.forget((answer) => answer.conversationId === conversationId && answer.place === place);
      });
  }

  close(): void {
    this.client.close();
    this.thoughts.close();
    this.messages.close();
  }
}
