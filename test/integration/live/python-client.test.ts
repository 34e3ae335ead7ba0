import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import type { Gap, ThoughtEvent } from '../../../client/index.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { BadNetwork } from '../../support/bad-network.ts';
import { BadProxy } from '../../support/bad-proxy.ts';
import { LivingStack } from '../../support/living-stack.ts';

const SCRIPT = fileURLToPath(new URL('../../../docs/live_client.py', import.meta.url));
const AUTHORS = ['anna', 'boris', 'clara', 'dora'];
const CHANGES = Number(process.env.CHANGES ?? 300);
const hasPython = spawnSync('python3', ['--version']).status === 0;

let child: ChildProcess | undefined;
let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  child?.kill();
  for (const close of closing) await close();
  closing = [];
});

/** The program itself, on real sockets and in real time. Whoever runs this where it counts has Python. */
it.skipIf(!hasPython && !process.env.CI)(
  'the program docs/live_client.py loses nothing over a bad network without a gap (needs python3)',
  { timeout: 300_000 },
  async () => {
    const stack = new LivingStack();
    await stack.start();
    closing.push(() => stack.gateway.close());
    for (const author of AUTHORS) await stack.stores.users.ensure(author);
    for (const author of AUTHORS.slice(0, 3)) await stack.stores.follows.follow('bob', author);
    await stack.settle();
    const network = new BadNetwork({
      // Silence would take minutes: it is a fault of the same test on a virtual clock, in test/unit/client.
      ...{ seed: 5, drop: 0.02, delay: 0.05, cut: 0.008, halfOpen: 0, gatewayError: 0.01, maxDelayMs: 40 },
    });
    const proxy = new BadProxy(network, stack.url, () => stack.ticket('bob'));
    closing.unshift(() => proxy.close());
    const at = await proxy.listen();
    const truth = new Map<string, { author: string; version: number }>();
    const shown = new Map<string, number>();
    const events: ThoughtEvent[] = [];
    const gaps: Gap[] = [];
    let isLive = false;
    const args = [SCRIPT, `ws://${at}`, `http://${at}/tickets`, '--channel', 'author:dora'];
    child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { event, gap, state } = JSON.parse(line) as { event?: ThoughtEvent; gap?: Gap; state?: string };
      if (state === 'live') isLive = true;
      if (event) {
        events.push(event);
        shown.set(event.thoughtId, event.thought?.version ?? 0);
      }
      if (!gap) return;
      gaps.push(gap);
      for (const [id, { author, version }] of truth) if (gap.channel || gap.author === author) shown.set(id, version);
    });
    await waitFor('the client to be live', () => isLive);

    for (let n = 0; n < CHANGES * 0.9; n++) {
      const author = AUTHORS[n % AUTHORS.length] ?? '';
      truth.set(await stack.post(author, `thought ${n}`), { author, version: 1 });
      if (n % 9 === 0) {
        const [id = '', old] = [...truth][Math.floor(n / 2)] ?? [];
        await stack.stores.thoughts.edit(old?.author ?? '', id, { text: `edited at ${n}` });
        truth.set(id, { author: old?.author ?? '', version: (old?.version ?? 0) + 1 });
      }
      if (n % 10 === 0) await Promise.all([stack.settle(), sleep(20)]);
    }
    await stack.settle();
    network.isOn = false;
    // Whatever was lost last shows by the number after it.
    for (const author of AUTHORS) truth.set(await stack.post(author, 'the last'), { author, version: 1 });
    const wrong = () => [...truth].filter(([id, { version }]) => shown.get(id) !== version);
    await waitFor('every thought at its latest version', () => wrong().length === 0, 90_000);
    for (const author of AUTHORS) {
      const numbers = events.filter((event) => event.author === author).map(({ seq }) => seq);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
    console.log(`${CHANGES} changes: ${events.length} events, ${gaps.length} gaps; ${JSON.stringify(network.counts)}`);
    // The run ends when nothing is wrong any more, so what a gap covers may not have come as events yet.
    expect(events.length).toBeGreaterThan(0.3 * CHANGES);
  },
);
