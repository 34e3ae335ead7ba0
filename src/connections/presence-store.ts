import { keys } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { AGAIN, done, retryOnConflict } from '../table/optimistic.ts';
import type { Item, ReadOptions, Table } from '../table/table.ts';
import { type PresentConnection, toLiveConnection, toPresentConnection } from './connection.ts';
import {
  connected,
  disconnected,
  type LiveConnection,
  type Presence,
  type PresenceSettings,
  seen,
} from './presence.ts';

type PresenceItem = Item &
  Partial<Pick<Presence, 'entriesFrom' | 'entriesUntil'>> & {
    type: 'presence';
    username: string;
    connections: PresentConnection[];
    version: number;
  };

const TRIES = 20;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  settings: PresenceSettings;
}

/** Who is online, in one small item a user, so that one batch read answers for a hundred. */
export class PresenceStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #settings: PresenceSettings;

  constructor({ table, runtime, settings }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#settings = settings;
  }

  /** Records that the user is active; writes at most once a day. */
  async seen(username: string): Promise<Presence> {
    return this.#change(username, (presence) => this.#seen(username, presence));
  }

  /**
   * Adds a connection. Every push after this finds it.
   * @returns the connections that were dropped because the user has too many; no push finds them any more
   */
  async connected(
    username: string,
    connection: LiveConnection,
  ): Promise<{ presence: Presence; dropped: LiveConnection[] }> {
    let dropped: LiveConnection[] = [];
    const presence = await this.#change(username, (before) => {
      const after = connected(this.#seen(username, before), connection, this.#runtime.now());
      dropped = (before?.connections ?? []).filter(({ connectionId }) =>
        after.connections.every((kept) => kept.connectionId !== connectionId),
      );
      return after;
    });
    return { presence, dropped };
  }

  async disconnected(username: string, connectionId: string): Promise<void> {
    await this.#change(username, (presence) => presence && disconnected(presence, connectionId));
  }

  async of(usernames: string[], options?: ReadOptions): Promise<Map<string, Presence>> {
    const items = await this.#table.batchGet<PresenceItem>(usernames.map(keys.presence), options);
    return new Map(items.map((item) => [item.username, toPresence(item)]));
  }

  #seen(username: string, presence: Presence | undefined): Presence {
    return seen(username, presence, this.#runtime.now(), this.#settings);
  }

  /** Reads, applies a rule, and writes unless the item has changed meanwhile; then again. */
  async #change<P extends Presence | undefined>(
    username: string,
    rule: (presence: Presence | undefined) => P,
  ): Promise<P> {
    return retryOnConflict(
      {
        runtime: this.#runtime,
        tries: TRIES,
        busy: `The presence of ${username} was changed by others in ${TRIES} tries`,
      },
      async () => {
        const item = await this.#table.get<PresenceItem>(keys.presence(username), { consistent: true });
        const before = item && toPresence(item);
        const after = rule(before);
        if (after === undefined || JSON.stringify(after) === JSON.stringify(before)) return done(after);
        const version = item?.version ?? 0;
        const put: PresenceItem = {
          ...keys.presence(username),
          ...{ type: 'presence', ...after, version: version + 1 },
          connections: after.connections.map(toPresentConnection),
        };
        const outcome = await this.#table.write([
          {
            put,
            when: [item ? { attribute: 'version', is: '=', value: version } : { attribute: 'pk', is: 'absent' }],
          },
        ]);
        return outcome.kind === 'written' ? done(after) : AGAIN;
      },
    );
  }
}

/** Items of the first edition have no `entriesFrom`: their users are treated as returning from an absence. */
const toPresence = ({ username, entriesFrom = 0, entriesUntil = 0, connections }: PresenceItem): Presence => ({
  username,
  entriesFrom,
  entriesUntil,
  connections: connections.map(toLiveConnection),
});
