import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../../tools/support/measure.ts';
import { connect } from '../../fixtures/first-client.mjs';
import { LivingStack } from '../../support/living-stack.ts';

interface FirstClient {
  state: string;
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  close(): void;
}
interface Told {
  author: string;
  seq: number;
}

let stack: LivingStack;
let client: FirstClient;
let events: Told[];
let gaps: object[];
const states: string[] = [];
beforeEach(async () => {
  stack = new LivingStack();
  await stack.start();
  for (const author of ['alice', 'carol']) await stack.stores.users.ensure(author);
  await stack.stores.follows.follow('bob', 'alice');
  await stack.settle();
  events = [];
  gaps = [];
  client = connect({
    url: stack.url,
    ticket: () => stack.ticket('bob'),
    onEvent: (event: Told) => events.push(event),
    onGap: (gap: object) => gaps.push(gap),
    onState: (state: string) => states.push(state),
    timings: { backoffBaseMs: 10, pingMs: 100 },
  }) as FirstClient;
  await waitFor('the first client to be live', () => client.state === 'live');
});
afterEach(async () => {
  client.close();
  await stack.gateway.close();
});

/** The first release's client, unchanged: what it sends is answered as it was then. */
it('serves the client of the first release: events, channels, pings and resumes', async () => {
  await stack.post('alice');
  await waitFor('the first event', () => events.length === 1);
  await client.subscribe('author:carol');
  await stack.post('carol');
  await waitFor('an event of the channel', () => events.length === 2);
  await expect(client.subscribe('nowhere')).rejects.toMatchObject({ code: 'unknown_channel' });
  stack.gateway.cutAll();
  await stack.post('alice');
  await stack.post('carol');
  await waitFor('what the cut has hidden', () => events.length === 4);
  await client.unsubscribe('author:carol');
  await stack.post('carol');
  await stack.post('alice');
  await waitFor('the last', () => events.length === 5);
  const numbers = (name: string) => events.filter(({ author }) => author === name).map(({ seq }) => seq);
  expect([numbers('alice'), numbers('carol')]).toEqual([
    [1, 2, 3],
    [1, 2],
  ]);
  expect(gaps).toEqual([]);
});
