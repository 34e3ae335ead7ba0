import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { Gap, LiveClient, Thought, ThoughtEvent } from '../../../client/index.ts';
import { toThoughtView } from '../../../src/thoughts/thought-view.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { BadNetwork } from '../../support/bad-network.ts';
import { LivingStack } from '../../support/living-stack.ts';

/** Of whom bob follows the first half; the others come by `author:`, `topic:` and `all`. */
const AUTHORS = ['anna', 'boris', 'clara', 'dora', 'emil', 'fritz'];
/** 2,000 in the suite; `CHANGES=10000` makes a longer run. One in ten is an edit. */
const CHANGES = Number(process.env.CHANGES ?? 2_000);
const THOUGHTS = CHANGES * 0.9;
const EDITS = CHANGES * 0.1;
const PAUSE_MS = 20;

let stack: LivingStack;
let client: LiveClient;
afterEach(async () => {
  client.close();
  await stack.gateway.close();
});

/** Many changes over a network with every fault; what the app has in the end is held against the truth. */
it('gives each thought once, in order and at its latest version, or tells of a gap', { timeout: 600_000 }, async () => {
  stack = new LivingStack();
  await stack.start();
  for (const author of AUTHORS) await stack.stores.users.ensure(author);
  for (const author of AUTHORS.slice(0, 3)) await stack.stores.follows.follow('bob', author);
  await stack.settle();
  const network = new BadNetwork({
    ...{ seed: 11, drop: 0.02, delay: 0.05, cut: 0.003, halfOpen: 0.001, gatewayError: 0.01, maxDelayMs: 60 },
  });
  const events: ThoughtEvent[] = [];
  const gaps: (Gap & { isByCut: boolean; hid: number })[] = [];
  const truth = new Map<string, Thought>();
  const shown = new Map<string, number>();
  let isAfterCut = false;
  client = stack.listen('bob', {
    channels: ['author:dora', 'topic:tea', 'all'],
    openSocket: network.openSocket,
    onEvent: (event) => {
      events.push(event);
      shown.set(event.thoughtId, event.thought?.version ?? 0);
    },
    onState: (state) => {
      isAfterCut = state === 'live' && events.length > 0;
      // The gaps of strangers' channels come with the reconnect, before anything else.
      queueMicrotask(() => (isAfterCut = false));
    },
    // What an app does: it reads anew, and has then what is there by now.
    onGap: (gap) => {
      let hid = 0;
      const read: Thought[] = [];
      for (const [id, thought] of truth) {
        if (gap.author !== undefined && gap.author !== thought.author) continue;
        if (shown.get(id) !== thought.version) hid++;
        shown.set(id, thought.version);
        read.push(thought);
      }
      queueMicrotask(() => client.known(read));
      gaps.push({ ...gap, isByCut: isAfterCut && gap.channel !== undefined, hid });
    },
    timings: {
      ...{ holeMs: 250, newcomerMs: 100, pingMs: 500, checkMs: 1_000, silenceMs: 1_000, answerMs: 600, tickMs: 200 },
      ...{ spreadMs: 10, backoffBaseMs: 10, backoffCapMs: 50 },
    },
  });
  await waitFor('bob to be live', () => client.state === 'live');

  for (let n = 0; n < THOUGHTS; n++) {
    const author = AUTHORS[n % AUTHORS.length] ?? '';
    const posted = await stack.stores.thoughts.create(author, { text: `thought ${n}${n % 7 === 0 ? ' #tea' : ''}` });
    if (posted.kind === 'created') truth.set(posted.thought.id, toThoughtView(posted.thought));
    if (n % (THOUGHTS / EDITS) === 0) {
      const [id = '', old] = [...truth][Math.floor(n / 2)] ?? [];
      const edited = await stack.stores.thoughts.edit(old?.author ?? '', id, { text: `edited at ${n}` });
      if (edited.kind === 'changed') truth.set(id, toThoughtView(edited.thought));
    }
    // Some hundreds a second, connected or not: a client that is away for a moment must not miss more than is replayed.
    if (n % 10 === 0) await Promise.all([stack.settle(), sleep(PAUSE_MS)]);
  }
  await stack.settle();
  network.isOn = false;

  const wrong = () => [...truth].filter(([id, { version }]) => shown.get(id) !== version);
  await waitFor('every thought at its latest version', () => wrong().length === 0, 60_000);

  for (const author of AUTHORS) {
    const numbers = events.filter((event) => event.author === author).map(({ seq }) => seq);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  }
  const { counts } = network;
  const byCut = gaps.filter((gap) => gap.isByCut);
  const needless = gaps.filter((gap) => !gap.isByCut && gap.hid === 0);
  console.log(
    `${CHANGES} changes: ${events.length} events, ${gaps.length} gaps, ${byCut.length} of them for strangers' channels after a cut, ${needless.length} without a loss; ${JSON.stringify(counts)}`,
  );
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
  // A gap is the exception: nearly everything arrives as an event.
  expect(new Set(events.map(({ thoughtId }) => thoughtId)).size).toBeGreaterThan(0.9 * THOUGHTS);
  // Here all shares one process, so that an event may be late by more than a hole waits: 1 in 200 leaves room for that.
  expect(needless.length).toBeLessThanOrEqual(CHANGES / 200);
});
