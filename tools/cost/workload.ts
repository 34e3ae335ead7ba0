import { TIMINGS } from '../../client/timings.ts';
import { decideDelivery } from '../../src/follows/delivery-rule.ts';
import { DAY } from '../../src/runtime/runtime.ts';
import { readSettings } from '../../src/settings.ts';

/** What people do. */
export interface Workload {
  people: number;
  /** Thoughts that a person posts a day. */
  posts: number;
  /** Followers of an author, and authors that a person follows, on average. */
  followers: number;
  /** Pages of 20 that a person reads a day. */
  pages: number;
  /** The share of people that is connected at any time, from 0 to 1. */
  online: number;
  /** The share of people that came in the last `ACTIVE_DAYS`, from 0 to 1: for these entries are written. */
  active: number;
}

const DAYS = 30;
const MINUTE_MS = 60_000;
const MINUTES_OF_A_MONTH = (DAYS * DAY) / MINUTE_MS;
/** What a deployment has that sets nothing. */
const SETTINGS = readSettings({ TABLE_NAME: 'any' });

export const ENTRY_MONTHS = SETTINGS.timelines.entryMs / DAY / DAYS;

/** How often things happen in a month. Everybody is alike: the rule of deliveries decides the same for each edge. */
export const eventsOf = ({ people, posts, followers, pages, online, active }: Workload) => {
  const thoughts = people * posts * DAYS;
  const deliveries = thoughts * followers;
  const { maxPushEdges } = SETTINGS.delivery;
  const kind = decideDelivery({ postsPerDay: posts, followers, pushEdges: 0 }, SETTINGS.delivery);
  /** Of the edges of one reader, those that are merged when read. */
  const pushEdges = kind === 'push' ? Math.min(maxPushEdges, followers) : 0;
  const entryShare = followers > 0 ? 1 - pushEdges / followers : 1;
  const connectionMinutes = people * online * MINUTES_OF_A_MONTH;
  const connections = connectionMinutes / (TIMINGS.lifetimeMs / MINUTE_MS);
  return {
    thoughts,
    pages: people * pages * DAYS,
    pushEdges,
    deliveriesOfEntries: deliveries * entryShare,
    deliveriesOfPushes: deliveries * (1 - entryShare),
    entries: deliveries * entryShare * active,
    pushes: deliveries * online,
    connectionMinutes,
    connections,
    pings: connectionMinutes / (TIMINGS.pingMs / MINUTE_MS),
    // One after each connect beside those by the clock.
    checks: connectionMinutes / (TIMINGS.checkMs / MINUTE_MS) + connections,
    /** As many as a connection sends that hears nothing; each push saves one. */
    heartbeats: connectionMinutes / ((TIMINGS.silenceMs - TIMINGS.answerMs) / MINUTE_MS),
  };
};
