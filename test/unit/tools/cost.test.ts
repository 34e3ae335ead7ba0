import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, eventsOf, type Line, liveElsewhere, type Workload } from '../../../tools/cost/cost.ts';
import prices from '../../../tools/cost/prices.json' with { type: 'json' };

const NOTHING: Workload = { people: 0, posts: 0, followers: 0, pages: 0, online: 0, active: 0 };
const SMALL: Workload = { people: 1_000, posts: 1, followers: 100, pages: 10, online: 0.1, active: 0.5 };

const dollars = (lines: Line[], what: string): number =>
  lines.find((line) => line.what === what)?.dollars ?? Number.NaN;
const sum = (lines: Line[]): number => lines.reduce((all, line) => all + line.dollars, 0);

describe('The cost of a workload', () => {
  it('is nothing when nobody does anything', () => {
    expect(sum(costOf(NOTHING, prices))).toBe(0);
  });

  it('is what the units and the prices make of it', () => {
    expect(eventsOf(SMALL)).toMatchObject({
      thoughts: 30_000,
      deliveries: 3_000_000,
      entries: 1_500_000,
      pushes: 300_000,
    });
    // 120,000 of posts, 1,504,500 of entries, 180,000 of 36,000 connections.
    expect(dollars(costOf(SMALL, prices), 'DynamoDB writes')).toBeCloseTo(1.8045 * prices.dynamodb.millionWrites, 4);
    const minutes = 4.32;
    expect(dollars(costOf(SMALL, prices), 'WebSocket connections')).toBeCloseTo(
      minutes * prices.apiGateway.millionConnectionMinutes,
    );
    expect(dollars(liveElsewhere(SMALL, prices), 'AppSync Events')).toBeCloseTo(0.3 + minutes * 0.08);
  });

  it('grows with everything that there is more of', () => {
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
  it('has a date, and a source for each', () => {
    expect(prices.asOf).toMatch(/^\d{4}-\d{2}$/);
    const { dynamodb, lambda, apiGateway, cloudWatch, live } = prices;
    for (const { source } of [dynamodb, lambda, apiGateway, cloudWatch, ...Object.values(live)]) {
      expect(source).toMatch(/^https:\/\//);
    }
  });
});
