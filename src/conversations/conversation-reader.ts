import { keys } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { AGAIN, done, retryOnConflict } from '../table/optimistic.ts';
import type { ReadOptions, Table } from '../table/table.ts';
import { type Head, memberOf, type Roster, type Span } from './conversation.ts';
import { type HeadItem, type RosterItem, toHead, toRoster } from './conversation-items.ts';
import type { InboxStore } from './inbox-store.ts';
import { isNumberOnly, isWithin, type Message } from './message.ts';

/** A conversation at one moment. */
export interface Conversation {
  head: Head;
  roster: Roster;
}

const TRIES = 20;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  inboxes: InboxStore;
}

/** Reads conversations, and which of their messages a person may see. */
export class ConversationReader {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #inboxes: InboxStore;

  constructor({ table, runtime, inboxes }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#inboxes = inboxes;
  }

  /**
   * The head and the roster that goes with it, as they stood at one moment.
   * @throws TableBusyError when the members change faster than both can be read
   */
  async get(id: string): Promise<Conversation | undefined> {
    return retryOnConflict(
      { runtime: this.#runtime, tries: TRIES, busy: 'The members of the conversation change too fast' },
      async () => {
        const items = await this.#table.batchGet<HeadItem | RosterItem>([keys.conversation(id), keys.roster(id)], {
          consistent: true,
        });
        const head = items.find((item) => item.type === 'conversation');
        const roster = items.find((item) => item.type === 'roster');
        if (!head && !roster) return done(undefined);
        // A batch reads each item by itself, so a change of the members may have come between the two.
        if (head && roster && head.rosterVersion === roster.version) {
          return done({ head: toHead(head), roster: toRoster(roster) });
        }
        return AGAIN;
      },
    );
  }

  async roster(id: string): Promise<Roster | undefined> {
    const item = await this.#table.get<RosterItem>(keys.roster(id), { consistent: true });
    return item && toRoster(item);
  }

  async head(id: string): Promise<Head | undefined> {
    const item = await this.#table.get<HeadItem>(keys.conversation(id), { consistent: true });
    return item && toHead(item);
  }

  async rosters(ids: string[], options?: ReadOptions): Promise<Map<string, Roster>> {
    const items = await this.#table.batchGet<RosterItem>(ids.map(keys.roster), options);
    return new Map(items.map((item) => [item.id, toRoster(item)]));
  }

  /** Those of the conversations in which this person is now. */
  async memberships(username: string, ids: string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rosters = await this.rosters(ids, { consistent: true });
    return new Set([...rosters.values()].filter((roster) => memberOf(roster, username)).map(({ id }) => id));
  }

  /** The messages of a conversation that a person may see. `undefined`: an outsider, or no such conversation. */
  async spanOf(username: string, id: string): Promise<Span | undefined> {
    const roster = await this.roster(id);
    const member = roster && memberOf(roster, username);
    if (member) return { from: member.from, fromSeq: member.fromSeq };
    return roster && (await this.#inboxes.spanLeft(username, id));
  }

  /**
   * Those of some messages, or of their events, that a person may see, or hear the number of, also after they were read:
   * whoever has left in between learns nothing that was said after that.
   * @param before what the person could see before the messages were read; who had left by then is not asked about again
   */
  async stillSeen<Numbered extends Pick<Message, 'place' | 'seq'>>(
    username: string,
    id: string,
    before: Span,
    found: Numbered[],
  ): Promise<Numbered[]> {
    if (before.until || found.length === 0) return found;
    const span = await this.spanOf(username, id);
    return span ? found.filter((one) => isWithin(one, span) || isNumberOnly(one, span)) : [];
  }
}
