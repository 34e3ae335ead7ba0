import { keys, lists } from '../keys/keys.ts';
import { type Runtime, seconds } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import type { Condition, Item, Table, Write } from '../table/table.ts';
import { type Connection, connectionAttributes, type StoredConnection, toConnection } from './connection.ts';
import { CONNECTION_LIFETIME, type LiveConnection } from './presence.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html leaves this to us. */
export const MAX_SUBSCRIPTIONS = 100;

/** A connection as it is stored, with the channels of which a push to it was missed. */
export interface KnownConnection extends Connection {
  missed?: { channels: string[]; mark: string };
}

/** Used instead of channel names: it means every channel of the connection. */
const EVERY_CHANNEL = '*';
/** Three writes each and one for all stay under the 100 of a transaction. */
const CHANNELS_A_WRITE = 30;

export type SubscribeOutcome =
  | { kind: 'subscribed' }
  | { kind: 'too_many' }
  | { kind: 'channel_full' }
  | { kind: 'not_connected' };

type ConnectionItem = Item &
  StoredConnection & { type: 'connection'; subscriptions: number; missed?: string[]; missedMark?: string };
export type SubscriptionItem = Item & StoredConnection & { type: 'subscription' };
type MirrorItem = Item & { type: 'connection-channel'; channel: string };

/** A client that shows somebody typing forgets it after some seconds. */
const TYPING_MS = 3_000;

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];

interface Dependencies {
  table: Table;
  runtime: Runtime;
  /** How many connections may subscribe to `all`. */
  maxOnAll: number;
}

/**
 * Connections and their subscriptions. Each subscription has two items: one by channel, for the fan-out, and one by connection,
 * to delete it.
 */
export class ConnectionStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #maxOnAll: number;

  constructor({ table, runtime, maxOnAll }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#maxOnAll = maxOnAll;
  }

  async add(connection: Connection): Promise<void> {
    const item: ConnectionItem = {
      ...keys.connection(connection.connectionId),
      type: 'connection',
      ...connectionAttributes(connection),
      subscriptions: 0,
      expiresAt: expiryOf(connection),
    };
    await this.#table.write([{ put: item }]);
  }

  async get(connectionId: string): Promise<KnownConnection | undefined> {
    const item = await this.#table.get<ConnectionItem>(keys.connection(connectionId), { consistent: true });
    if (!item?.missed || item.missedMark === undefined) return item && toConnection(item);
    return { ...toConnection(item), missed: { channels: item.missed, mark: item.missedMark } };
  }

  /** Marks the connection: a push through these channels was missed. A second mark before the first was sent means all channels. */
  async markMissed(connectionId: string, channels: string[]): Promise<void> {
    const write = (missed: string[], when: Condition[]) => {
      const set = { missed, missedMark: this.#runtime.newId() };
      return this.#table.write([{ update: keys.connection(connectionId), set, when: [...PRESENT, ...when] }]);
    };
    const outcome = await write(channels, [{ attribute: 'missed', is: 'absent' }]);
    // The condition failed: the connection is marked already, or deleted.
    if (outcome.kind === 'refused') await write([EVERY_CHANNEL], []);
  }

  /** Whether the others may be told once more that somebody types: once in three seconds, whichever process asks. */
  async mayType(connectionId: string): Promise<boolean> {
    const now = this.#runtime.now();
    const last: Condition = { attribute: 'typedAt', is: 'absent or <', value: now - TYPING_MS };
    const outcome = await this.#table.write([
      { update: keys.connection(connectionId), set: { typedAt: now }, when: [...PRESENT, last] },
    ]);
    return outcome.kind === 'written';
  }

  /** Clears the mark after the client was told. A newer mark stays. */
  async clearMissed(connectionId: string, mark: string): Promise<void> {
    const when: Condition[] = [{ attribute: 'missedMark', is: '=', value: mark }];
    await this.#table.write([{ update: keys.connection(connectionId), remove: ['missed', 'missedMark'], when }]);
  }

  /** Deletes a connection and its subscriptions. @returns whose it was, or undefined when it was deleted before */
  async remove(connectionId: string): Promise<Connection | undefined> {
    const connection = await this.get(connectionId);
    // Delete the connection first: a subscription needs it, so none can be added after this.
    await this.#table.write([{ delete: keys.connection(connectionId) }]);
    const mirrors = await this.#table.query<MirrorItem>({ ...lists.channelsOf(connectionId), consistent: true });
    // A mirror is how its subscription is found again after a crash, so it goes last.
    await this.#table.batchWrite(mirrors.map(({ channel }) => ({ delete: keys.subscription(channel, connectionId) })));
    await this.#table.batchWrite(mirrors.map(({ pk, sk }) => ({ delete: { pk, sk } })));
    return connection;
  }

  /** Subscribes to many channels in a few transactions. @returns the outcome of each channel, in the order given */
  async subscribeAll(connectionId: string, channels: string[]): Promise<SubscribeOutcome[]> {
    const connection = await this.get(connectionId);
    if (!connection) return channels.map(() => ({ kind: 'not_connected' }));
    const known = new Set(await this.#channelsOf(connectionId));
    const outcomes = new Map<string, SubscribeOutcome>();
    const fresh: string[] = [];
    for (const channel of new Set(channels)) {
      if (known.has(channel)) outcomes.set(channel, { kind: 'subscribed' });
      else if (channel === 'all' && (await this.#isFull(channel, connectionId)))
        outcomes.set(channel, { kind: 'channel_full' });
      else if (known.size + fresh.length >= MAX_SUBSCRIPTIONS) outcomes.set(channel, { kind: 'too_many' });
      else fresh.push(channel);
    }
    for (const part of chunks(fresh)) {
      const outcome = await this.#table.write([
        ...part.flatMap((channel) => this.#subscriptionWrites(connection, channel)),
        {
          update: keys.connection(connectionId),
          add: { subscriptions: part.length },
          when: [{ attribute: 'subscriptions', is: '<=', value: MAX_SUBSCRIPTIONS - part.length }],
        },
      ]);
      for (const channel of part) {
        // Another frame of the same connection changed one of them: try each alone to learn which.
        const kind =
          outcome.kind === 'written' ? { kind: 'subscribed' as const } : await this.subscribe(connectionId, channel);
        outcomes.set(channel, kind);
      }
    }
    return channels.map((channel) => outcomes.get(channel) ?? { kind: 'not_connected' });
  }

  /** Unsubscribes from many channels in a few transactions. Channels without a subscription are skipped. */
  async unsubscribeAll(connectionId: string, channels: string[]): Promise<void> {
    const known = new Set(await this.#channelsOf(connectionId));
    for (const part of chunks([...new Set(channels)].filter((channel) => known.has(channel)))) {
      const outcome = await this.#table.write([
        ...part.flatMap((channel): Write[] => [
          { delete: keys.connectionChannel(connectionId, channel), when: PRESENT },
          { delete: keys.subscription(channel, connectionId) },
        ]),
        { update: keys.connection(connectionId), add: { subscriptions: -part.length }, when: PRESENT },
      ]);
      if (outcome.kind === 'refused') for (const channel of part) await this.unsubscribe(connectionId, channel);
    }
  }

  /** Subscribes to one channel. A second call changes nothing. */
  async subscribe(connectionId: string, channel: string): Promise<SubscribeOutcome> {
    const connection = await this.get(connectionId);
    if (!connection) return { kind: 'not_connected' };
    if (channel === 'all' && (await this.#isFull(channel, connectionId))) return { kind: 'channel_full' };
    const [mirror, subscription] = this.#subscriptionWrites(connection, channel);
    const refused = await writeNamed(this.#table, {
      mirror,
      connection: {
        update: keys.connection(connectionId),
        add: { subscriptions: 1 },
        when: [{ attribute: 'subscriptions', is: '<', value: MAX_SUBSCRIPTIONS }],
      },
      subscription,
    });
    if (refused.size === 0 || refused.has('mirror')) return { kind: 'subscribed' };
    return (await this.get(connectionId)) ? { kind: 'too_many' } : { kind: 'not_connected' };
  }

  async unsubscribe(connectionId: string, channel: string): Promise<void> {
    await this.#table.write([
      { delete: keys.connectionChannel(connectionId, channel), when: PRESENT },
      { update: keys.connection(connectionId), add: { subscriptions: -1 }, when: PRESENT },
      { delete: keys.subscription(channel, connectionId) },
    ]);
  }

  /** @returns the authors, of those given, whose channel this connection has subscribed to */
  async subscribedAuthors(connectionId: string, authors: string[]): Promise<string[]> {
    const channels = authors.map((author) => keys.connectionChannel(connectionId, `author:${author}`));
    const mirrors = await this.#table.batchGet<MirrorItem>(channels);
    return mirrors.map(({ channel }) => channel.slice('author:'.length));
  }

  async #channelsOf(connectionId: string): Promise<string[]> {
    const mirrors = await this.#table.query<MirrorItem>({ ...lists.channelsOf(connectionId), consistent: true });
    return mirrors.map(({ channel }) => channel);
  }

  #subscriptionWrites(connection: Connection, channel: string): [Write, Write] {
    const expiresAt = expiryOf(connection);
    const { connectionId } = connection;
    const subscription: SubscriptionItem = {
      ...keys.subscription(channel, connectionId),
      type: 'subscription',
      ...connectionAttributes(connection),
      expiresAt,
    };
    const mirror: MirrorItem = {
      ...keys.connectionChannel(connectionId, channel),
      type: 'connection-channel',
      channel,
      expiresAt,
    };
    return [{ put: mirror, when: ABSENT }, { put: subscription }];
  }

  /** Whether the channel has reached its limit of listeners. A connection that is subscribed already is not counted again. */
  async #isFull(channel: string, connectionId: string): Promise<boolean> {
    const { pk, sk } = keys.subscription(channel, connectionId);
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

const chunks = (channels: string[]): string[][] =>
  Array.from({ length: Math.ceil(channels.length / CHANNELS_A_WRITE) }, (_, at) =>
    channels.slice(at * CHANNELS_A_WRITE, (at + 1) * CHANNELS_A_WRITE),
  );

const expiryOf = ({ connectedAt }: LiveConnection): number => seconds(connectedAt + CONNECTION_LIFETIME);
