import { keys } from '../../../src/keys/keys.ts';
import type { PushBatch } from '../../../src/push/push-buffer.ts';
import type { Item } from '../../../src/table/table.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import type { LaggingTable } from './lagging-table.ts';

const LIFETIME_MS = 2 * 3_600_000;

interface Client {
  connectionId: string;
  isOpen: boolean;
  openedAt: number;
  /** Thoughts that were read or pushed. */
  known: Set<string>;
}

/** What was so when an invocation began. */
interface Mark {
  gone: Set<string>;
  at: number;
}

/** The devices of the users, one each: what they have heard, and what they must not hear. */
export class Clients {
  readonly #clients = new Map<string, Client>();
  readonly #table: LaggingTable;
  readonly #readAnew: (user: string) => Promise<void>;
  /** When an edge was last changed, as a count of changes. */
  readonly #edges = new Map<string, number>();
  #changes = 0;

  constructor(table: LaggingTable, readAnew: (user: string) => Promise<void>) {
    this.#table = table;
    this.#readAnew = readAnew;
  }

  isOpen(user: string): boolean {
    return this.#clients.get(user)?.isOpen ?? false;
  }

  open(user: string, connectionId: string, openedAt: number): void {
    this.#clients.set(user, { connectionId, isOpen: true, openedAt, known: new Set() });
  }

  close(user: string): void {
    const client = this.#clients.get(user);
    if (client) client.isOpen = false;
  }

  /** API Gateway ends a connection after two hours. */
  cutBefore(now: number): void {
    for (const client of this.#clients.values()) if (client.openedAt + LIFETIME_MS < now) client.isOpen = false;
  }

  read(user: string, thoughts: Thought[]): void {
    for (const { id } of thoughts) this.#clients.get(user)?.known.add(id);
  }

  edgeChanged({ follower, author }: { follower: string; author: string }): void {
    this.#edges.set(`${follower} ${author}`, ++this.#changes);
  }

  mark(thoughts: Thought[]): Mark {
    const gone = thoughts.filter(({ deletedAt }) => deletedAt !== undefined).map(({ id }) => id);
    return { gone: new Set(gone), at: this.#changes };
  }

  /** @param since when the invocation began that pushes this */
  async hear({ connection: { connectionId }, events, gaps }: PushBatch, since: Mark): Promise<void> {
    for (const [user, client] of this.#clients) {
      if (client.connectionId !== connectionId || !client.isOpen) continue;
      for (const { author, thoughtId, thought } of events) {
        if (thought && since.gone.has(thoughtId)) throw new Error(`${user} hears what had been deleted before`);
        if (!this.#mayHear(user, author, since)) throw new Error(`${user} hears ${author}, and must not`);
        if (thought) client.known.add(thoughtId);
      }
      if (gaps.length > 0) await this.#readAnew(user);
    }
  }

  /** What an open client does not know. */
  missed(user: string, ids: string[]): string[] {
    const client = this.#clients.get(user);
    return client?.isOpen ? ids.filter((id) => !client.known.has(id)) : [];
  }

  /** Followed and not muted now, or changed since. */
  #mayHear(user: string, author: string, { at }: Mark): boolean {
    if (user === author || (this.#edges.get(`${user} ${author}`) ?? 0) > at) return true;
    const { pk, sk } = keys.following(user, author);
    const edge = this.#table.items.get(`${pk}\n${sk}`) as (Item & { muted?: boolean }) | undefined;
    return edge?.type === 'following' && edge.muted === false;
  }
}
