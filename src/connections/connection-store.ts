import { type Runtime, seconds } from '../runtime.ts';
import { keys, lists } from '../table/keys.ts';
import type { Condition, Item, Table } from '../table/table.ts';
import { CONNECTION_LIFETIME, type LiveConnection } from './presence.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html leaves this to us. */
export const MAX_SUBSCRIPTIONS = 100;

export interface Connection extends LiveConnection {
  username: string;
}

export type SubscribeOutcome =
  | { kind: 'subscribed' }
  | { kind: 'too_many' }
  | { kind: 'channel_full' }
  | { kind: 'not_connected' };

type ConnectionItem = Item & Connection & { type: 'connection'; subscriptions: number };
export type SubscriptionItem = Item & Connection & { type: 'subscription' };
type MirrorItem = Item & { type: 'connection-channel'; channel: string };

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];

/** Sockets and what they subscribed to. Each subscription stands twice: by channel, and by connection to find it again. */
export class ConnectionStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #maxOnAll: number;

  /** @param maxOnAll how many connections may subscribe to `all` */
  constructor(table: Table, runtime: Runtime, maxOnAll: number) {
    this.#table = table;
    this.#runtime = runtime;
    this.#maxOnAll = maxOnAll;
  }

  async add(connection: Connection): Promise<void> {
    const item: ConnectionItem = {
      ...keys.connection(connection.cid),
      type: 'connection',
      ...connection,
      subscriptions: 0,
      expiresAt: expiryOf(connection),
    };
    await this.#table.write([{ put: item }]);
  }

  async get(cid: string): Promise<Connection | undefined> {
    const item = await this.#table.get<ConnectionItem>(keys.connection(cid), { consistent: true });
    return item && toConnection(item);
  }

  /** Forgets a connection and all of its subscriptions; the answer is whose it was, as far as still known. */
  async remove(cid: string): Promise<Connection | undefined> {
    const connection = await this.get(cid);
    // First the connection itself: without it nothing can be subscribed any more.
    await this.#table.write([{ delete: keys.connection(cid) }]);
    const mirrors = await this.#table.query<MirrorItem>({ ...lists.channelsOf(cid), consistent: true });
    await this.#table.batchWrite(
      mirrors.flatMap(({ pk, sk, channel }) => [{ delete: { pk, sk } }, { delete: keys.subscription(channel, cid) }]),
    );
    return connection;
  }

  /** Durable once it answers. Subscribing twice is subscribing once. */
  async subscribe(cid: string, channel: string): Promise<SubscribeOutcome> {
    const connection = await this.get(cid);
    if (!connection) return { kind: 'not_connected' };
    if (channel === 'all' && (await this.#isFull(channel, cid))) return { kind: 'channel_full' };
    const expiresAt = expiryOf(connection);
    const subscription: SubscriptionItem = {
      ...keys.subscription(channel, cid),
      type: 'subscription',
      ...connection,
      expiresAt,
    };
    const mirror: MirrorItem = {
      ...keys.connectionChannel(cid, channel),
      type: 'connection-channel',
      channel,
      expiresAt,
    };
    const outcome = await this.#table.write([
      { put: mirror, when: ABSENT },
      {
        update: keys.connection(cid),
        add: { subscriptions: 1 },
        when: [{ attribute: 'subscriptions', is: '<', value: MAX_SUBSCRIPTIONS }],
      },
      { put: subscription },
    ]);
    if (outcome.kind === 'written' || outcome.refused.includes(0)) return { kind: 'subscribed' };
    return (await this.get(cid)) ? { kind: 'too_many' } : { kind: 'not_connected' };
  }

  async unsubscribe(cid: string, channel: string): Promise<void> {
    await this.#table.write([
      { delete: keys.connectionChannel(cid, channel), when: PRESENT },
      { update: keys.connection(cid), add: { subscriptions: -1 }, when: PRESENT },
      { delete: keys.subscription(channel, cid) },
    ]);
  }

  /** Those of the authors whose channel this connection has subscribed to. */
  async subscribedAuthors(cid: string, authors: string[]): Promise<string[]> {
    const channels = authors.map((author) => keys.connectionChannel(cid, `author:${author}`));
    const mirrors = await this.#table.batchGet<MirrorItem>(channels);
    return mirrors.map(({ channel }) => channel.slice('author:'.length));
  }

  /** Whether a channel has no room for one more; whoever is in it already needs none. */
  async #isFull(channel: string, cid: string): Promise<boolean> {
    const { pk, sk } = keys.subscription(channel, cid);
    if (await this.#table.get({ pk, sk }, { consistent: true })) return false;
    const now = seconds(this.#runtime.now());
    let live = 0;
    let after: string | undefined;
    for (;;) {
      const items = await this.#table.query<SubscriptionItem>({ pk, after, limit: this.#maxOnAll });
      live += items.filter((item) => (item.expiresAt ?? 0) > now).length;
      if (live >= this.#maxOnAll) return true;
      if (items.length < this.#maxOnAll) return false;
      after = items.at(-1)?.sk;
    }
  }
}

export const toConnection = ({ cid, username, connectedAt, authExpiresAt }: Connection): Connection => ({
  cid,
  username,
  connectedAt,
  authExpiresAt,
});

const expiryOf = ({ connectedAt }: LiveConnection): number => seconds(connectedAt + CONNECTION_LIFETIME);
