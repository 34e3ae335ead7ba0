import { beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, followingItem } from '../../../src/follows/edge.ts';
import { readRates } from '../../../src/limits/rates.ts';
import { createWebSocketFunction } from '../../../src/websocket/function.ts';
import { engineTable } from '../../support/engine-table.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld, first, post, SETTINGS, times } from '../../support/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TOPICS = times(100, (at) => `topic:harbour_of_${at}`);
const limits = readRates('');
const BURST = 650;
const A_SECOND = 5;

let runtime: TestRuntime;
let world: ReturnType<typeof createWorld>;
let metered: MeteredTable;
let handler: ReturnType<typeof createWebSocketFunction>;
let connected = 0;
beforeEach(async () => {
  runtime = new TestRuntime();
  const { table } = await engineTable();
  metered = new MeteredTable(table);
  world = createWorld(table, {}, runtime);
  handler = createWebSocketFunction({
    settings: { ...SETTINGS, limits },
    ...{ table: metered, runtime, sockets: new FakeSockets() },
  });
});

const follow = (count: number, delivery: Delivery) => {
  const edge = { follower: 'bob', muted: false, since: 0, delivery, warmFrom: 0 };
  return world.table.batchWrite(times(count, (at) => ({ put: followingItem({ ...edge, author: `author_${at}` }) })));
};

/** A new connection of bob's: sends frames on it, and gives the answers. */
const connect = async () => {
  const connectionId = `socket-${++connected}`;
  const call = (routeKey: string, more: object) =>
    handler({ requestContext: { routeKey, connectionId }, ...more } as unknown as Parameters<typeof handler>[0]);
  const ticket = await world.tickets.issue({ username: 'bob', authExpiresAt: runtime.now() + 60 * MINUTE });
  await call('$connect', { queryStringParameters: { ticket } });
  return async (frame: object) => JSON.parse((await call('$default', { body: JSON.stringify(frame) })).body ?? '');
};

/** What the client sends after its connection was lost: it subscribes, replays and checks. */
const reconnect = async (since: string) => {
  const send = await connect();
  const authors = times(100, (at) => `author_${at}`);
  const replays = [TOPICS.slice(0, 40), TOPICS.slice(40, 80), TOPICS.slice(80)].map((some) => ({
    action: 'resume',
    channels: some.map((channel) => ({ channel, since })),
  }));
  const frames = [
    { action: 'subscribe', channels: TOPICS },
    { action: 'resume', channels: [{ channel: 'timeline', since }] },
    ...replays,
    ...times(3, (at) => ({ action: 'check', authors, ...(at === 0 && { since, conversations: true }) })),
  ];
  const answers = [];
  for (const frame of frames) answers.push((await send(frame)).type);
  return { answers, frames: frames.length };
};

describe('a reconnect with 100 topics and 200 follows', () => {
  it('takes at most a quarter of the tokens of its connection', async () => {
    await follow(200, 'entry');
    await connect();
    runtime.pass(DAY);
    const thoughts = [];
    for (const at of times(100, (n) => n)) {
      const thought = await post(world, `author_${at}`, `#harbour_of_${at}`);
      await world.timelines.addToFeeds(thought);
      await world.timelines.addToAll(['bob'], thought);
      thoughts.push(thought);
    }
    runtime.pass(10 * MINUTE);
    const before = metered.used;
    const { answers, frames } = await reconnect(first(thoughts.slice(-1)).id);
    expect(answers).not.toContain('error');
    // Opening the connection takes no token.
    const [reads, writes] = [metered.reads - before.reads, metered.writes - before.writes];
    expect(frames + reads / 20 + writes / 4).toBeLessThanOrEqual(BURST / 4);
  });
});

describe('a connection', () => {
  it('does not pay for what others use at the same time', async () => {
    await follow(1_000, 'push');
    const sends: Awaited<ReturnType<typeof connect>>[] = [];
    for (let n = 0; n < 15; n++) sends.push(await connect());
    const check = (send: (typeof sends)[number]) => send({ action: 'check', authors: ['author_1'] });
    const answers = await Promise.all(sends.map(check));
    expect((await Promise.all([...answers, ...sends.map(check)])).map(({ type }) => type)).toEqual(
      times(30, () => 'pong'),
    );
  });
});

describe('a connection that does nothing but the dearest frames', () => {
  const flood = async (seconds: number, send: (at: number) => Promise<{ code?: string }>) => {
    const before = metered.used;
    for (let at = 0; at < 300; at++) await send(at);
    const once = { reads: metered.reads - before.reads, writes: metered.writes - before.writes };
    for (let second = 0; second < seconds; second++) {
      runtime.pass(1_000);
      for (let at = 0; at < 10; at++) await send(second * 10 + at);
    }
    const later = {
      reads: metered.reads - before.reads - once.reads,
      writes: metered.writes - before.writes - once.writes,
    };
    return { once, later };
  };

  it('reads at most what 650 tokens and one frame take, and then 100 units a second', async () => {
    await follow(1_000, 'push');
    const send = await connect();
    const one = 1_100;
    const { once, later } = await flood(60, () => send({ action: 'check', authors: ['author_1'] }));
    expect(once.reads).toBeGreaterThan(BURST * 20 * 0.9);
    expect(once.reads).toBeLessThanOrEqual(BURST * 20 + one);
    expect(later.reads).toBeGreaterThan(60 * A_SECOND * 20 * 0.7);
    expect(later.reads).toBeLessThanOrEqual(60 * A_SECOND * 20 + one);
  });

  it('writes at most what 650 tokens and one frame take, and then 20 units a second', async () => {
    const send = await connect();
    const one = 412;
    const actions = ['subscribe', 'unsubscribe'];
    let turn = 0;
    const { once, later } = await flood(60, async () => {
      const answer = await send({ action: actions[turn % 2], channels: TOPICS });
      if (answer.type === 'ack') turn++;
      return answer;
    });
    expect(once.writes).toBeGreaterThan(BURST * 4 * 0.9);
    expect(once.writes).toBeLessThanOrEqual(BURST * 4 + one);
    expect(later.writes).toBeGreaterThan(60 * A_SECOND * 4 * 0.6);
    expect(later.writes).toBeLessThanOrEqual(60 * A_SECOND * 4 + one);
  });

  it('can not ask for one channel many times in a frame', async () => {
    const send = await connect();
    const since = '019b0000-0000-7000-8000-000000000000';
    const channels = times(2, () => ({ channel: 'timeline', since }));
    expect(await send({ action: 'resume', channels })).toMatchObject({ code: 'invalid_request' });
  });
});
