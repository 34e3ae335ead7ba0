import type { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../local/faults/random.ts';
import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../../src/dynamodb/sdk-dynamo-db.ts';
import { AdaptiveRateLimiter } from '../../../src/runtime/adaptive-rate-limiter.ts';
import type { Item } from '../../../src/table/table.ts';
import { VirtualTime } from '../../../tools/simulation/virtual-time.ts';
import { times } from '../../support/world.ts';

const LANES = 10;
const LATENCY_MS = 8;

/** A table that takes so many writes a second, and leaves the rest of a batch unprocessed. */
class LimitedTable {
  taken = 0;
  asked = 0;
  readonly items = new Set<string>();
  #tokens = 0;
  #at = 0;
  readonly #time: VirtualTime;
  readonly #rate: () => number;

  constructor(time: VirtualTime, rate: () => number) {
    this.#time = time;
    this.#rate = rate;
  }

  send = async (command: BatchWriteItemCommand): Promise<object> => {
    await this.#time.sleep(LATENCY_MS);
    const now = this.#time.now();
    this.#tokens = Math.min(this.#rate(), this.#tokens + ((now - this.#at) * this.#rate()) / 1000);
    this.#at = now;
    const requests = command.input.RequestItems?.table ?? [];
    this.asked += requests.length;
    const done = Math.min(requests.length, Math.floor(this.#tokens));
    this.#tokens -= done;
    this.taken += done;
    for (const { PutRequest } of requests.slice(0, done)) this.items.add(String(PutRequest?.Item?.sk?.S));
    return { UnprocessedItems: { table: requests.slice(done) } };
  };
}

/** Lanes that share a table and know nothing of each other. @returns what came of it */
const run = async (writes: number, rate: (seconds: number) => number) => {
  const time = new VirtualTime(0);
  const table = new LimitedTable(time, () => rate(time.now() / 1000));
  let finishedAt = 0;
  let given = 0;
  const lane = async (at: number) => {
    const random = seededRandom(at + 1);
    const own = new DynamoTable({
      dynamoDb: throughSdk(table as never),
      name: 'table',
      runtime: { now: time.now, sleep: time.sleep, random },
    });
    const items = times(writes / LANES, (n): Item => ({ pk: `P${at}`, sk: `${at}-${n}`, type: 'entry' }));
    for (let from = 0; from < items.length; from += 500) {
      given += Math.min(500, items.length - from);
      const puts = items.slice(from, from + 500).map((put) => ({ put }));
      await own.batchWrite(puts, { deadline: Number.POSITIVE_INFINITY });
    }
    finishedAt = Math.max(finishedAt, time.now());
  };
  const lanes = Promise.all(times(LANES, lane));
  await time.runUntil(600_000);
  await lanes;
  return { table, seconds: finishedAt / 1000, given };
};

describe('ten lanes that write into one table', { timeout: 60_000 }, () => {
  it("use most of the table's rate, and ask for little more", async () => {
    const { table, seconds, given } = await run(100_000, () => 4_000);
    expect(table.items.size).toBe(given);
    expect(table.asked / given).toBeLessThan(1.1);
    expect(given / seconds / 4_000).toBeGreaterThan(0.8);
  });

  it('finish all writes after a minute at a twentieth of the rate', async () => {
    const rate = (seconds: number) => (seconds >= 5 && seconds < 65 ? 200 : 4_000);
    const { table, seconds, given } = await run(150_000, rate);
    const allowed = 4_000 * (seconds - 60) + 200 * 60;
    expect(table.items.size).toBe(given);
    expect(table.asked / given).toBeLessThan(1.1);
    expect(given / allowed).toBeGreaterThan(0.8);
  });
});

describe('the rate limiter of one environment', () => {
  const limiterOf = (maxPerSecond = 0) => {
    const time = new VirtualTime(0);
    const rateLimiter = new AdaptiveRateLimiter({
      runtime: { now: time.now, sleep: time.sleep, random: () => 0.5 },
      maxPerSecond,
    });
    return { time, rateLimiter };
  };

  it('grows while everything is written, and never over its limit', () => {
    const { rateLimiter } = limiterOf(500);
    const before = rateLimiter.rate;
    for (let n = 0; n < 100; n++) rateLimiter.written(100);
    expect(before).toBeLessThan(500);
    expect(rateLimiter.rate).toBe(500);
  });

  it('falls once for throttles that come together', () => {
    const { rateLimiter } = limiterOf();
    const before = rateLimiter.rate;
    rateLimiter.throttled();
    const after = rateLimiter.rate;
    rateLimiter.throttled();
    expect(after).toBeLessThan(before);
    expect(rateLimiter.rate).toBe(after);
  });

  it('lets nothing go whose turn comes after the deadline', async () => {
    const { rateLimiter } = limiterOf();
    expect(await rateLimiter.acquire(1_000, 100)).toBe('acquired');
    expect(await rateLimiter.acquire(1, 100)).toBe('late');
  });
});
