import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { followingItem } from '../../../src/follows/edge.ts';
import { createHttpFunction } from '../../../src/http/function.ts';
import { keys } from '../../../src/keys/keys.ts';
import { readRates } from '../../../src/limits/rates.ts';
import type { Item } from '../../../src/table/table.ts';
import { engineTable } from '../../support/engine-table.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld, post, SETTINGS, times } from '../../support/world.ts';

const FOLLOWS = 5_000;
const THOUGHTS = 60;
const MINUTE = 60_000;
/** The heads of 5,000 authors, a part of each one's own list, and the edges. */
const DEAREST_PAGE = 5_200;
/** The same while a connection is younger than a minute: heads and lists are read consistently. */
const YOUNG_PAGE = 10_200;

let runtime: TestRuntime;
let world: ReturnType<typeof createWorld>;
let metered: MeteredTable;
let handler: ReturnType<typeof createHttpFunction>;
beforeEach(async () => {
  const { table } = await engineTable();
  runtime = new TestRuntime();
  world = createWorld(table, {}, runtime);
  const edge = { follower: 'bob', muted: false, since: 0, delivery: 'push', warmFrom: 0 } as const;
  await table.batchWrite(times(FOLLOWS, (at) => ({ put: followingItem({ ...edge, author: `author_${at}` }) })));
  for (const at of times(THOUGHTS, (n) => n)) await post(world, `author_${at}`);
  metered = new MeteredTable(table);
  const settings = { ...SETTINGS, limits: readRates('') };
  handler = createHttpFunction({ settings, table: metered, sockets: new FakeSockets(), runtime });
}, 60_000);

const get = async (routeKey: string, query: Record<string, string> = {}, pathParameters = {}) => {
  const claims = { iss: 'i', sub: 'bob', username: 'bob', exp: '4102444800' };
  const event = {
    ...{ routeKey, pathParameters, headers: {}, queryStringParameters: query },
    requestContext: { authorizer: { jwt: { claims } } },
  };
  const before = metered.reads;
  const { statusCode, body, headers } = (await handler(event as never, {} as Context)) as {
    statusCode: number;
    body: string;
    headers: Record<string, string>;
  };
  const items: unknown[] | undefined = JSON.parse(body).items;
  return {
    status: statusCode,
    items: items?.length,
    retryAfter: Number(headers['retry-after']),
    units: metered.reads - before,
  };
};

/** Every author has posted more thoughts than a head has room for, so that the oldest are in the author's list alone. */
const fillHeads = async () => {
  for (let n = 0; n < 50; n++) await post(world, 'author_0');
  const head = await world.table.get<Item>(keys.head('author_0'), { consistent: true });
  if (!head) throw new Error('author_0 has no head');
  await world.table.batchWrite(times(FOLLOWS - 1, (at) => ({ put: { ...head, ...keys.head(`author_${at + 1}`) } })));
};

describe('somebody with 5,000 follows whose lists are all read', () => {
  it('can take at most 11,200 read units of an environment at once, and 100 a second, by pages of one entry', async () => {
    await fillHeads();
    const dearest = { limit: '1', order: 'oldest' };
    const live = { connectionId: 'c', connectedAt: runtime.now(), authExpiresAt: runtime.now() + 60 * MINUTE };
    await world.presence.connected('bob', live);
    let once = 0;
    for (let n = 0; n < 100; n++) once += (await get('GET /timeline', dearest)).units;
    expect(once).toBeGreaterThan(10_000);
    expect(once).toBeLessThanOrEqual(1_000 + YOUNG_PAGE);
    let later = 0;
    for (let second = 0; second < 200; second++) {
      runtime.pass(1_000);
      later += (await get('GET /timeline', dearest)).units;
    }
    expect(later).toBeGreaterThan(2 * 5_000);
    // The last page is paid for after these 200 seconds.
    expect(later).toBeLessThanOrEqual(200 * 100 + DEAREST_PAGE);
  }, 60_000);

  it('reads 50 thoughts each 30 seconds, and is never refused', async () => {
    for (let n = 0; n < 20; n++) {
      expect(await get('GET /timeline', { limit: '50' })).toMatchObject({ status: 200, items: 50 });
      runtime.pass(MINUTE / 2);
    }
  }, 60_000);

  it('is told when the next read fits, and is not held up at what has a limit of its own', async () => {
    expect((await get('GET /timeline', { limit: '1' })).status).toBe(200);
    const refused = await get('GET /conversations');
    // Half a unit tells who is asking.
    expect(refused).toMatchObject({ status: 429, units: 0.5 });
    expect(refused.retryAfter).toBeGreaterThan(15);
    expect((await get('POST /tickets')).status).toBe(201);
    runtime.pass(refused.retryAfter * 1_000);
    expect((await get('GET /conversations')).status).toBe(200);
  });
});
