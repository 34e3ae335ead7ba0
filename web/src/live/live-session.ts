import { connect, type LiveClient, type ThoughtEvent } from 'deep-thoughts-client';
import { Store } from 'deep-thoughts-client/store';
import type { Api } from '../api/api.ts';
import { Outbox } from '../thoughts/outbox.ts';
import { Arrivals } from './arrivals.ts';
import { OpenChannels } from './open-channels.ts';
import { readList } from './read-list.ts';

/** Everything that lives as long as one login: the connection, the lists, what is being posted. */
export class LiveSession {
  readonly username: string;
  readonly client: LiveClient;
  readonly store: Store;
  readonly channels: OpenChannels;
  readonly arrivals = new Arrivals();
  readonly outbox: Outbox;

  constructor(api: Api, websocketUrl: string, username: string) {
    this.username = username;
    this.client = connect({
      url: websocketUrl,
      ticket: () => api.call('POST /tickets'),
      onEvent: (event: ThoughtEvent) => this.arrivals.came(event, performance.now(), Date.now()),
    });
    this.store = new Store(this.client, (channel, after) => readList(api, channel, after));
    this.channels = new OpenChannels(this.client, this.store);
    this.outbox = new Outbox({
      post: (draft, key) => api.call('POST /thoughts', { body: draft, headers: { 'Idempotency-Key': key } }),
      storage: sessionStorage,
      storageKey: `outbox:${username}`,
      onPosted: ({ id }, startedAt) => this.arrivals.posted(id, startedAt),
    });
  }

  close(): void {
    this.client.close();
    this.outbox.close();
  }
}
