import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { RunningStack } from '../../local/run-stack.ts';
import { Api } from '../support/api.ts';
import { auditStack } from '../support/audit-stack.ts';
import { waitFor } from '../support/measure.ts';
import { runOperations } from './random-operations.ts';
import { SoakedUser } from './soaked-user.ts';

const FAULTS = fileURLToPath(new URL('../../local/faults/faults.yml', import.meta.url));
const REST_MS = 90_000;

interface SoakOptions {
  minutes: number;
  seed: number;
  users: number;
  faults: string;
}

const table = (title: string, counts: Record<string, number>): string => {
  const parts = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${title.padEnd(11)} ${parts.map(([name, count]) => `${name} ${count}`).join(' · ')}\n`;
};

/** Everything at random with all faults on; then the faults end, and everything must come to be as it should. */
const soak = async ({ minutes, seed, users: userCount, faults }: SoakOptions): Promise<void> => {
  process.stdout.write(`Soaking for ${minutes} min with seed ${seed}\n`);
  const running = await RunningStack.start(['--faults', faults, '--seed', String(seed)]);
  const users: SoakedUser[] = [];
  try {
    for (let at = 0; at < userCount; at++) users.push(new SoakedUser(await Api.login(running.stack, `soak_${at}`)));
    for (const user of users) await user.call('PUT', '/users/me', { name: user.username });
    for (const user of users) user.connect();
    const operations = await runOperations(users, Date.now() + minutes * 60_000, seed);
    for (const user of users) if (!user.isConnected) user.connect();
    const injected = await running.faultsOff();

    let left: string[] = [];
    await waitFor(
      'everything to be as it should',
      async () => {
        if (!users.every(({ isLive }) => isLive)) return false;
        left = (await auditStack(running.stack)).map(({ rule, item, detail }) => `${rule}: ${item}: ${detail}`);
        if (left.length === 0) left = (await Promise.all(users.map((user) => user.differences()))).flat();
        return left.length === 0;
      },
      REST_MS,
    ).catch(() => {});

    const sum = (of: (user: SoakedUser) => number) => users.reduce((total, user) => total + of(user), 0);
    const leaked = sum(({ faulty }) => faulty.leaked);
    const outOfOrder = sum(({ faulty }) => faulty.outOfOrder);
    const doubled = sum(({ faulty }) => faulty.doubled);
    const details = users.flatMap(({ faulty }) => faulty.details);
    process.stdout.write(table('Operations', operations));
    process.stdout.write(table('Faults', injected));
    process.stdout.write(`Answers     busy and tried again ${sum(({ busy }) => busy)}\n`);
    process.stdout.write(`Clients     events ${sum(({ events }) => events)} · gaps told ${sum(({ gaps }) => gaps)}\n`);
    process.stdout.write(`${left.length} lost · ${leaked} leaked · ${outOfOrder} out of order · ${doubled} doubled\n`);
    if (left.length + leaked + outOfOrder + doubled + details.length > 0) {
      for (const line of [...left, ...details].slice(0, 20)) process.stdout.write(`  ${line}\n`);
      process.stdout.write(`Run it again with --seed ${seed}\n`);
      process.stderr.write(`${running.output}\n`);
      process.exitCode = 1;
    }
  } finally {
    for (const user of users) user.disconnect();
    await running.stop();
  }
};

new Command('soak')
  .description('Random operations under all faults; at the end every invariant must hold')
  .option('--minutes <n>', 'for how long', Number, 1)
  .option('--seed <n>', 'the same seed, the same chances', Number, Math.floor(Math.random() * 1_000_000))
  .option('--users <n>', 'how many users', Number, 8)
  .option('--faults <file>', 'how likely each fault is', FAULTS)
  .action(soak)
  .parseAsync();
