import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ItemChange } from '../../local/aws/stream.ts';
import { edgeAttributes } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';

const DAY = 24 * 3_600_000;
const BATCH = 1_000;

/** Notes when the last timeline entry of each thought was written. */
export class Arrivals {
  readonly #now: () => number;
  readonly #seen = new Map<string, { count: number; lastAt: number }>();
  readonly #expected = new Map<string, { author: string; followers: number; at: number }>();
  tasks = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  expect(id: string, author: string, followers: number): void {
    this.#expected.set(id, { author, followers, at: this.#now() });
  }

  see({ newImage, oldImage }: Pick<ItemChange, 'newImage' | 'oldImage'>): void {
    if (!newImage || oldImage) return;
    const { type, sk } = unmarshall(newImage as Record<string, AttributeValue>);
    if (type === 'task') this.tasks++;
    if (type !== 'timeline-entry') return;
    const { count } = this.#seen.get(sk) ?? { count: 0 };
    this.#seen.set(sk, { count: count + 1, lastAt: this.#now() });
  }

  isComplete(author: string): boolean {
    return this.#of(author).every(([id, { followers }]) => this.#seen.get(id)?.count === followers);
  }

  isAllComplete(): boolean {
    return [...new Set([...this.#expected.values()].map(({ author }) => author))].every((one) => this.isComplete(one));
  }

  delays(isWanted: (author: string) => boolean): number[] {
    return [...this.#expected]
      .filter(([, { author }]) => isWanted(author))
      .map(([id, { at }]) => (this.#seen.get(id)?.lastAt ?? Number.NaN) - at);
  }

  #of(author: string) {
    return [...this.#expected].filter(([, expected]) => expected.author === author);
  }
}

/** Followers who were active lately and are not connected. Each of them gets an entry. */
export const seedFollowers = async (table: Table, author: string, count: number, now: number): Promise<void> => {
  for (let from = 0; from < count; from += BATCH) {
    const names = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => `fan_${author}_${from + at}`);
    const items = names.flatMap((follower): Item[] => {
      const edge = { follower, author, muted: false, since: now, delivery: 'entry', warmFrom: now } as const;
      const times = { entriesFrom: now, entriesUntil: now + 30 * DAY, connections: [], version: 1 };
      const presence = { ...keys.presence(follower), type: 'presence', username: follower, ...times };
      return [
        { ...keys.follower(author, follower), type: 'follower', ...edgeAttributes(edge) } as Item,
        presence as Item,
      ];
    });
    await table.batchWrite(
      items.map((put) => ({ put })),
      { deadline: Number.POSITIVE_INFINITY },
    );
  }
};
