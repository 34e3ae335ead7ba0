import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../client/index.ts';
import { type ConnectClient, runBadNetwork } from '../../support/bad-network-run.ts';
import { VirtualPython } from '../../support/virtual-python.ts';

/** 2,000 in the suite; `CHANGES=10000 SEED=7` makes a longer run, or another. */
const CHANGES = Number(process.env.CHANGES ?? 2_000);
/** Each client meets every fault, with any seed. */
const SEED = Number(process.env.SEED ?? 11);
const hasPython = spawnSync('python3', ['--version']).status === 0;

const test = async (connectClient: ConnectClient, seed: number): Promise<void> => {
  const { events, gaps, wrong, heldUp, counts } = await runBadNetwork(CHANGES, seed, connectClient);
  const byCut = gaps.filter(({ isByCut }) => isByCut);
  const needless = gaps.filter(({ hid, isByCut }) => hid.length === 0 && !isByCut);
  console.log(
    `${CHANGES} changes: ${events.length} events, ${gaps.length} gaps, ${byCut.length} of them for strangers' channels after a cut, ${needless.length} without a loss; ${JSON.stringify(counts)}`,
  );
  expect(wrong, 'what was lost without a gap').toEqual([]);
  for (const [author, given] of Map.groupBy(events, (event) => event.author)) {
    const numbers = given.map(({ seq }) => seq);
    expect(numbers, author).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  }
  expect(heldUp, 'next in their author’s order, and not given at once').toEqual([]);
  expect(needless.length, 'gaps without a loss').toBeLessThanOrEqual(CHANGES / 1_000);
  expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(0);
  // A gap is the exception: nearly everything arrives as an event.
  expect(new Set(events.map(({ thoughtId }) => thoughtId)).size).toBeGreaterThan(0.85 * CHANGES);
};

it(
  'shows each list as it is, in order, or tells of a gap, over a network with every fault',
  {
    timeout: 600_000,
  },
  () => test(connect, SEED),
);

/** Whoever runs this where it counts has Python. */
describe.skipIf(!hasPython && !process.env.CI)(
  'the client in Python, written from docs/protocol.md (needs python3)',
  () => {
    it('does so too, over the same network', { timeout: 600_000 }, () =>
      test((options) => new VirtualPython(options, SEED), SEED),
    );
  },
);
