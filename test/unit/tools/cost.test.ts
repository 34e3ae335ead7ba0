import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type Line, liveElsewhere } from '../../../tools/cost/cost.ts';
import { withExamples } from '../../../tools/cost/page.ts';
import { notVerified, PRICES as prices } from '../../../tools/cost/prices.ts';
import { eventsOf, type Workload } from '../../../tools/cost/workload.ts';

const NOTHING: Workload = { people: 0, posts: 0, followers: 0, pages: 0, online: 0, active: 0 };
/** Who posts this seldom gets an entry written for each active follower. */
const SMALL: Workload = { people: 1_000, posts: 0.2, followers: 100, pages: 10, online: 0.1, active: 0.5 };

const dollars = (lines: Line[], what: string): number =>
  lines.find((line) => line.what === what)?.dollars ?? Number.NaN;
const sum = (lines: Line[]): number => lines.reduce((all, line) => all + line.dollars, 0);

describe('The cost of a workload', () => {
  it('is nothing when nobody does anything', () => {
    expect(sum(costOf(NOTHING, prices))).toBe(0);
  });

  it('is what the units and the prices make of it', () => {
    expect(eventsOf(SMALL)).toMatchObject({
      thoughts: 6_000,
      pushEdges: 0,
      deliveriesOfEntries: 600_000,
      entries: 300_000,
      pushes: 60_000,
    });
    // 5 of each post, 1 of each entry, 6 of each connection of 115 minutes.
    const writes = 6_000 * 5 + 300_000 + (6 * 4_320_000) / 115;
    expect(dollars(costOf(SMALL, prices), 'DynamoDB writes')).toBeCloseTo((writes / 1e6) * 0.625, 6);
    // Who was away is looked at once.
    const onlyAway = costOf({ ...SMALL, pages: 0, online: 0, active: 0 }, prices);
    expect(dollars(onlyAway, 'DynamoDB reads')).toBeCloseTo(((6_000 * 6 + 600_000 * 1.04) / 1e6) * 0.125, 6);
    expect(dollars(costOf(SMALL, prices), 'WebSocket connections')).toBeCloseTo(4.32 * 0.25);
    expect(dollars(liveElsewhere(SMALL, prices), 'AppSync Events')).toBeCloseTo(0.066 + 4.32 * 0.08);
  });

  it('has no entries where the rule of deliveries merges every author', () => {
    const events = eventsOf({ ...SMALL, posts: 1 });
    expect(events).toMatchObject({ pushEdges: 100, entries: 0, deliveriesOfPushes: 3_000_000 });
    // A reader merges 400 at most.
    expect(eventsOf({ ...SMALL, posts: 1, followers: 800 })).toMatchObject({ pushEdges: 400, entries: 6_000_000 });
  });

  it('grows with each number of the workload', () => {
    const more = fc.constantFrom('people', 'posts', 'followers', 'pages', 'online', 'active');
    fc.assert(
      fc.property(more, (name) => {
        expect(sum(costOf({ ...SMALL, [name]: SMALL[name] * 1.5 }, prices))).toBeGreaterThan(
          sum(costOf(SMALL, prices)),
        );
      }),
    );
  });
});

describe('The list of prices', () => {
  const { dynamodb, lambda, apiGateway, cloudWatch, live } = prices;

  it('has the page of each seller, and says where and when each price was seen', () => {
    for (const { page, seen } of [dynamodb, lambda, apiGateway, cloudWatch, ...Object.values(live)]) {
      expect(page).toMatch(/^https:\/\//);
      if (seen === 'not verified') continue;
      expect(seen.length).toBeGreaterThan(0);
      for (const { date, url } of seen) {
        expect(date).toMatch(/^(\d{4}-\d{2}-\d{2}|undated)$/);
        expect(url).toMatch(/^https:\/\//);
      }
    }
  });

  it('names what nobody has verified', () => {
    expect(notVerified(prices)).toEqual(['AppSync Events', 'IoT Core']);
  });
});

describe('docs/cost.md', () => {
  it('shows what the command prints: `npm run cost -- --write` makes it so', () => {
    const page = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');
    expect(page).toContain('<!-- examples -->');
    expect(withExamples(page, prices)).toBe(page);
  });
});
