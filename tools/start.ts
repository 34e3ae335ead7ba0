import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { refuse } from '../local/refuse.ts';
import { compileCache, serverlessCommand } from '../local/run-stack.ts';
import type { Stack } from '../local/stack.ts';
import { startupMessage } from '../local/startup-message.ts';
import { MAX_PEOPLE, SimulatedPeople } from './people/simulated-people.ts';
import { onParentExit } from './support/parent-exit.ts';

/**
 * `npm start`: the stack of `sls offline`, without the chatter of its plugins unless `--verbose` asks for it. With
 * `--people 20` simulated people use it, the same ones for the same `--seed`.
 */
const startedAt = performance.now();
const { values, tokens } = parseArgs({
  strict: false,
  tokens: true,
  options: { people: { type: 'string' }, seed: { type: 'string' }, verbose: { type: 'boolean' } },
});
/** Not a number when the option has no value. */
const numberOf = (value: string | boolean): number => (typeof value === 'string' ? Number(value) : Number.NaN);
const people = Math.min(MAX_PEOPLE, numberOf(values.people ?? '0'));
if (!Number.isInteger(people) || people < 0)
  refuse(`--people takes a whole number from 0; above ${MAX_PEOPLE}, ${MAX_PEOPLE} people come.`);
const seed = numberOf(values.seed ?? '1');
if (!Number.isInteger(seed)) refuse('--seed takes a whole number.');
// Everything but `--people` and its value goes on.
const own = tokens.find((token) => token.kind === 'option' && token.name === 'people');
const taken = own === undefined ? 0 : own.kind === 'option' && own.inlineValue ? 1 : 2;
const args = process.argv.slice(2).toSpliced(own?.index ?? 0, taken);
const isVerbose = values.verbose === true;

const child = spawn(process.execPath, [serverlessCommand(), 'offline', ...args], {
  stdio: ['inherit', isVerbose ? 'inherit' : 'pipe', 'inherit', 'ipc'],
  env: { ...process.env, ...compileCache, ...(!isVerbose && { SLS_LOG_LEVEL: 'error' }) },
});
// The framework tells on its standard output why it does not start.
let refusal = '';
let isReady = false;
child.stdout?.on('data', (data) => {
  if (!isReady) refusal += data;
});
child.on('message', async ({ stack }: { stack: Stack }) => {
  isReady = true;
  refusal = '';
  process.stdout.write(await startupMessage(stack, performance.now() - startedAt));
  if (people === 0) return;
  const report = (message: string) => process.stderr.write(`${message}\n`);
  const simulated = new SimulatedPeople(stack, seed, report);
  child.on('exit', () => simulated.stop());
  await simulated.start(people);
  process.stdout.write(`${people} people are here.\n`);
});
// A shell between npm and this hands no signal on, and npm itself may be killed: the stack ends with them.
if (process.env.npm_lifecycle_event) onParentExit(() => child.kill('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  if (isReady) process.exit(code ?? 1);
});
// By now all that it wrote has come.
child.on('close', (code) => {
  process.stderr.write(refusal);
  process.exit(code ?? 1);
});
