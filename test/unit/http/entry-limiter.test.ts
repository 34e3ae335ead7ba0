import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { addressCaller } from '../../../src/http/entry-limiter.ts';
import { createHttpFunction } from '../../../src/http/function.ts';
import { readRates } from '../../../src/limits/rates.ts';
import { engineTable } from '../../support/engine-table.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld, post, SETTINGS, times } from '../../support/world.ts';

describe('a caller', () => {
  it.each([
    ['192.0.2.1', 'address 192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', 'network 2001:db8:1:2'],
    ['2001:db8:1:2:ffff:4:5:6', 'network 2001:db8:1:2'],
    ['2001:db8::1', 'network 2001:db8'],
  ])('from %s is known as %s', (address, caller) => {
    expect(addressCaller(address).name).toBe(caller);
  });
});

let runtime: TestRuntime;
let metered: MeteredTable;
let handler: ReturnType<typeof createHttpFunction>;
const setUp = async () => {
  const { table } = await engineTable();
  const world = createWorld(table);
  for (const at of times(120, (n) => n)) {
    const thought = await post(world, `author_${at % 10}`, `${at} #sea`);
    await world.timelines.addToFeeds(thought);
  }
  runtime = new TestRuntime();
  metered = new MeteredTable(table);
  const settings = { ...SETTINGS, limits: readRates('') };
  handler = createHttpFunction({ settings, table: metered, sockets: new FakeSockets(), runtime });
};

const get = async (sourceIp: string, query: Record<string, string>) => {
  const requestContext = { http: { method: 'GET', path: '/thoughts', sourceIp } };
  const event = { routeKey: 'GET /thoughts', headers: {}, queryStringParameters: query, requestContext };
  const { statusCode, headers } = (await handler(event as never, {} as Context)) as {
    statusCode: number;
    headers: Record<string, string>;
  };
  return { status: statusCode, retryAfter: headers['retry-after'] };
};

describe('a caller without a login', () => {
  beforeEach(setUp, 60_000);

  it('can take at most 2,110 read units of an environment at once, and 200 a second, by the dearest pages of lists', async () => {
    for (let n = 0; n < 200; n++) await get('192.0.2.1', { topic: 'sea', limit: '100' });
    expect(metered.reads).toBeGreaterThan(500);
    expect(metered.reads).toBeLessThanOrEqual(2_110);
    const before = metered.reads;
    for (let tenth = 0; tenth < 100; tenth++) {
      runtime.pass(100);
      await get('192.0.2.1', { topic: 'sea', limit: '100' });
    }
    expect(metered.reads - before).toBeGreaterThan(500);
    // The last page may be paid for after these ten seconds.
    expect(metered.reads - before).toBeLessThanOrEqual(10 * 200 + 110);
  }, 60_000);

  it('is told when a page fits, and takes nothing from those at other addresses', async () => {
    for (let n = 0; n < 20; n++) expect((await get('192.0.2.1', { limit: '100' })).status).toBe(200);
    expect(await get('192.0.2.1', { limit: '100' })).toEqual({ status: 429, retryAfter: '1' });
    expect((await get('192.0.2.2', { limit: '100' })).status).toBe(200);
    runtime.pass(1_000);
    expect((await get('192.0.2.1', { limit: '100' })).status).toBe(200);
  });

  it('does not pay for what others read at the same time', async () => {
    const ask = (sourceIp: string) => get(sourceIp, { topic: 'sea', limit: '100' });
    for (let n = 0; n < 10; n++) {
      const others = times(20, (at) => ask(`198.51.100.${at}`));
      for (const { status } of [await ask('192.0.2.1'), ...(await Promise.all(others))]) expect(status).toBe(200);
    }
  }, 60_000);

  it('opens a thread each half a minute beside 99 others at the same address, and none is refused', async () => {
    for (let n = 0; n < 200; n++) {
      runtime.pass(300);
      expect((await get('192.0.2.1', { limit: '50' })).status).toBe(200);
    }
  }, 60_000);
});
