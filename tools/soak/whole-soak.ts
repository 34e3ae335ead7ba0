import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { Api } from '../support/api.ts';
import { auditStack } from '../support/audit-stack.ts';
import { waitFor } from '../support/measure.ts';
import { runOperations } from './random-operations.ts';
import { invocationsOf, type Release } from './release.ts';
import { SoakedUser } from './soaked-user.ts';

const REST_MS = 90_000;

export interface SoakOptions {
  minutes: number;
  seed: number;
  users: number;
  /** The file that says how likely each fault is. */
  faults: string;
  /** Its functions and those of this tree are invoked in turns. */
  before?: Release;
}

const table = (title: string, counts: Record<string, number>): string => {
  const parts = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${title.padEnd(11)} ${parts.map(([name, count]) => `${name} ${count}`).join(' · ')}\n`;
};

/** Everything at random with all faults on; then the faults end, and everything must come to be as it should: else the process ends with 1. */
export const soak = async ({ minutes, seed, users: userCount, faults, before }: SoakOptions): Promise<void> => {
  process.stdout.write(`Soaking for ${minutes} min with seed ${seed}\n`);
  // On disk, so that the engine can be restarted too.
  const dataDir = mkdtempSync(join(tmpdir(), 'deep-thoughts-soak-'));
  const environment = before && { SOAK_RELEASE_BEFORE: before.folder };
  const running = await RunningStack.start(
    ['--faults', faults, '--seed', String(seed), '--data', dataDir],
    environment,
  );
  const users: SoakedUser[] = [];
  try {
    for (let at = 0; at < userCount; at++) users.push(new SoakedUser(await Api.login(running.stack, `soak_${at}`)));
    for (const user of users) await user.call('PUT', '/users/me', { name: user.username });
    for (const user of users) user.connect();
    const operations = await runOperations(users, Date.now() + minutes * 60_000, seed);
    for (const user of users) if (!user.isConnected) user.connect();
    const { faults: injected } = await running.faultsOff();

    let left: string[] = [];
    await waitFor(
      'everything to be as it should',
      async () => {
        left = await differences(running.stack, users).catch((error) => [String(error)]);
        return left.length === 0;
      },
      REST_MS,
    ).catch(() => {});
    const { retries, splits } = await running.figures();

    const sum = (of: (user: SoakedUser) => number) => users.reduce((total, user) => total + of(user), 0);
    const leaked = sum(({ faulty }) => faulty.leaked);
    const outOfOrder = sum(({ faulty }) => faulty.outOfOrder);
    const doubled = sum(({ faulty }) => faulty.doubled);
    const details = users.flatMap(({ faulty }) => faulty.details);
    process.stdout.write(table('Operations', operations));
    process.stdout.write(table('Faults', injected));
    const events = sum((user) => user.events);
    const received = sum((user) => user.received);
    if (before) reportReleases(before);
    process.stdout.write(
      table('Retries', { 'HTTP answers': sum(({ busy }) => busy), 'stream batches': retries, 'shard splits': splits }),
    );
    process.stdout.write(
      table('Clients', {
        'events given': events,
        'duplicates suppressed': received - events,
        'gaps told': sum(({ gaps }) => gaps),
      }),
    );
    process.stdout.write(`${left.length} lost · ${leaked} leaked · ${outOfOrder} out of order · ${doubled} doubled\n`);
    if (left.length + leaked + outOfOrder + doubled + details.length > 0) {
      for (const line of [...left, ...details].slice(0, 20)) process.stdout.write(`  ${line}\n`);
      process.stdout.write(`Run it again with --seed ${seed}\n`);
      process.stderr.write(`${running.output}\n`);
      process.exitCode = 1;
    }
  } finally {
    for (const user of users) user.disconnect();
    await Promise.allSettled(users.map((user) => user.settled()));
    await running.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

/** What is not (yet) as it should be, in the table and on the users' screens. */
const differences = async (stack: Stack, users: SoakedUser[]): Promise<string[]> => {
  const offline = users.filter(({ isLive }) => !isLive).map(({ username }) => `${username} is not live`);
  if (offline.length > 0) return offline;
  const faulty = (await auditStack(stack)).map(({ rule, item, detail }) => `${rule}: ${item}: ${detail}`);
  if (faulty.length > 0) return faulty;
  return (await Promise.all(users.map((user) => user.differences()))).flat();
};

/** Both must have been at work, or nothing was shown. */
const reportReleases = (before: Release): void => {
  for (const [name, calls] of Object.entries(invocationsOf(before))) {
    process.stdout.write(table(name, { 'by this tree': calls.now, [`by ${before.commit}`]: calls.before }));
    if (calls.now === 0 || calls.before === 0) process.exitCode = 1;
  }
};
