import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveClient, Options, ThoughtEvent } from '../../../client/index.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { LivingStack } from '../../support/living-stack.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: FakeClock;
let stack: LivingStack;
let client: LiveClient;
let events: ThoughtEvent[];
let states: string[];
beforeEach(async () => {
  clock = new FakeClock();
  stack = new LivingStack({ clock });
  await stack.start();
  await stack.stores.users.ensure('alice');
  await stack.stores.follows.follow('bob', 'alice');
  await stack.settle();
  events = [];
  states = [];
});
afterEach(async () => {
  client.close();
  await stack.gateway.close();
});

const listen = async (timings: Options['timings'], more: Partial<Options> = {}) => {
  client = stack.listen('bob', {
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    timings: { backoffBaseMs: 10, ...timings },
    ...more,
  });
  await waitFor('bob to be live', () => client.state === 'live');
};
const seqs = () => events.map(({ seq }) => seq);

describe('the two-hour limit', () => {
  it('cuts a connection; the client comes back, and nothing posted meanwhile is lost', async () => {
    await listen({});
    await stack.post('alice');
    await waitFor('the first', () => events.length === 1);
    clock.pass(2 * HOUR);
    await waitFor('the cut', () => states.includes('waiting'));
    await stack.post('alice');
    await stack.post('alice');
    await waitFor('the others', () => events.length === 3);
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('never comes to a client that opens its next connection before it, and that loses and doubles nothing', async () => {
    let opened = 0;
    const openSocket = (url: string, protocols: string[]) => {
      opened++;
      return new WebSocket(url, protocols);
    };
    await listen({ lifetimeMs: 100, overlapMs: 30 }, { openSocket });
    let posts = 0;
    for (; opened < 6; posts++) {
      await stack.post('alice');
      await stack.settle();
    }
    await waitFor('all of them', () => events.length === posts);
    await waitFor('the end of a handover', () => stack.gateway.connectionCount <= 2);
    expect(seqs()).toEqual(Array.from({ length: posts }, (_, at) => at + 1));
    expect(states).not.toContain('waiting');
  });
});

describe('the ten-minute idle limit', () => {
  it('cuts a silent connection, and the client comes back', async () => {
    await listen({});
    clock.pass(10 * MINUTE);
    await waitFor('the cut', () => states.includes('waiting'));
    await waitFor('the next connection', () => client.state === 'live');
    await stack.post('alice');
    await waitFor('the thought', () => events.length === 1);
  });

  it('never comes to a client that pings', async () => {
    let pings = 0;
    const openSocket = (url: string, protocols: string[]) => {
      const socket = new WebSocket(url, protocols);
      socket.addEventListener('message', ({ data }) => {
        if (String(data).includes('"pong"')) pings++;
      });
      return socket;
    };
    await listen({ pingMs: 20 }, { openSocket });
    for (let minutes = 0; minutes < 30; minutes += 6) {
      const before = pings;
      await waitFor('a ping', () => pings > before);
      clock.pass(6 * MINUTE);
    }
    expect(states).not.toContain('waiting');
  });
});

describe('a login that ends', () => {
  it('closes the socket at the next ping; the client comes back with a new ticket and misses nothing', async () => {
    client = stack.listen(
      'bob',
      {
        onEvent: (event) => events.push(event),
        onState: (state) => states.push(state),
        timings: { backoffBaseMs: 10, pingMs: 50 },
      },
      300,
    );
    await waitFor('bob to be live', () => client.state === 'live');
    await stack.post('alice');
    await waitFor('the first', () => events.length === 1);
    await waitFor('the end', () => states.includes('waiting'));
    await stack.post('alice');
    await waitFor('the second', () => events.length === 2);
    expect(seqs()).toEqual([1, 2]);
  });
});
