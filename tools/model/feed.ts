import { decideDelivery } from '../../src/follows/delivery-rule.ts';
import { DAY } from '../../src/runtime/runtime.ts';
import { readSettings } from '../../src/settings.ts';
import type { Prices } from '../cost/prices.ts';
import units from '../cost/units.json' with { type: 'json' };
import type { Follow, Reader } from './people.ts';

/** How timelines are made: as the first edition did, all edges of one kind, by the rule, or the cheaper for each pair. */
export const STRATEGIES = ['first edition', 'all entry', 'all push', 'default rule', 'best with hindsight'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What a deployment has that sets nothing. */
const { delivery: RULE, timelines } = readSettings({ TABLE_NAME: 'any' });
const {
  page_warm: page,
  page_100_push: merged,
  follower_entry: entry,
  follower_push: push,
  follower_away: away,
} = units;
const READS_OF_A_MERGED_EDGE = (merged.reads - page.reads) / 100;
/** A page of 20 of the first edition (ADR 11), and for how long it kept an entry. */
const FIRST_PAGE_READS = 90;
const FIRST_ENTRY_DAYS = 90;
/** An entry with the 100 bytes that DynamoDB adds to each item. */
const ENTRY_GB = 250e-9;
const MONTHS_A_DAY = 12 / 365;

/** Dollars a day of one follow. `pages`: what its reader's pages take more for it. */
interface EdgeCost {
  fanOut: number;
  pages: number;
}

const total = ({ fanOut, pages }: EdgeCost): number => fanOut + pages;

/**
 * Dollars a day of one reader, by each way. Presence is looked at for every follower; who was not here lately gets no
 * entries.
 */
export const dollarsOf = ({ pagesPerDay, follows }: Reader, { dynamodb }: Prices): Record<Strategy, number> => {
  const [read, write] = [dynamodb.millionReads / 1e6, dynamodb.millionWrites / 1e6];
  const isActive = pagesPerDay * (timelines.activeMs / DAY) >= 1;
  const stored = (days: number) => days * ENTRY_GB * dynamodb.storageGbMonth * MONTHS_A_DAY;
  const asEntry = ({ postsPerDay }: Follow, days = timelines.entryMs / DAY): EdgeCost => ({
    fanOut: postsPerDay * (isActive ? entry.reads * read + entry.writes * write + stored(days) : away.reads * read),
    pages: 0,
  });
  const asPush = ({ postsPerDay }: Follow): EdgeCost => ({
    fanOut: postsPerDay * push.reads * read,
    pages: pagesPerDay * READS_OF_A_MERGED_EDGE * read,
  });
  let pushEdges = 0;
  const byRule = (follow: Follow): EdgeCost => {
    if (decideDelivery({ ...follow, pushEdges }, RULE) === 'entry') return asEntry(follow);
    pushEdges++;
    return asPush(follow);
  };
  const cheaper = (follow: Follow): EdgeCost => {
    const [one, other] = [asEntry(follow), asPush(follow)];
    return total(one) < total(other) ? one : other;
  };
  const sum = (cost: (follow: Follow) => EdgeCost) => follows.reduce((dollars, one) => dollars + total(cost(one)), 0);
  const pages = pagesPerDay * page.reads * read;
  return {
    'first edition': sum((one) => asEntry(one, FIRST_ENTRY_DAYS)) + pagesPerDay * FIRST_PAGE_READS * read,
    'all entry': sum((one) => asEntry(one)) + pages,
    'all push': sum(asPush) + pages,
    'default rule': sum(byRule) + pages,
    'best with hindsight': sum(cheaper) + pages,
  };
};
