import { Command } from 'commander';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { Api } from '../support/api.ts';
import { positiveNumber, wholeNumber } from '../support/option-numbers.ts';
import { PythonUnavailable, UNAVAILABLE } from '../support/python.ts';
import { fuzzFrames } from './frames.ts';
import { type Document, fuzzRequests } from './requests.ts';
import { runSchemathesis } from './schemathesis.ts';

interface Options {
  seconds: number;
  seed: number;
  schemathesis?: boolean;
}

const fuzz = async ({ seconds, seed, schemathesis }: Options): Promise<void> => {
  process.stdout.write(`seed ${seed}\n`);
  const running = await RunningStack.start();
  try {
    const { stack } = running;
    const users = await Promise.all(['alice', 'bob'].map((name) => Api.login(stack, name)));
    for (const user of users) await user.post('here');
    // Of her own: one of the requests closes all of one's connections.
    const listener = await Api.login(stack, 'carol');
    const document = (await listener.must('GET', '/openapi.json')).body as Document;
    const endsAt = Date.now() + seconds * 1_000;
    const [requests, frames] = await Promise.all([
      fuzzRequests(document, users, seed, endsAt),
      fuzzFrames(stack.websocket, listener, seed, endsAt),
    ]);
    process.stdout.write(`fuzz.requests ${requests.count} count\nfuzz.frames ${frames.count} count\n`);
    for (const { fault } of [requests, frames]) {
      if (fault === undefined) continue;
      process.stdout.write(`${fault}\n`);
      process.stderr.write(`The end of the stack's output:\n${running.output.slice(-3_000)}\n`);
      process.exitCode = 1;
    }
    if (schemathesis) await fuzzBySchemathesis(running.stack, seconds, seed);
  } finally {
    await running.stop();
  }
};

const fuzzBySchemathesis = async (stack: Stack, seconds: number, seed: number): Promise<void> => {
  try {
    const code = await runSchemathesis(stack, seconds, seed);
    if (code !== 0) process.exitCode = code;
  } catch (error) {
    if (!(error instanceof PythonUnavailable)) throw error;
    process.stderr.write(`schemathesis did not run: ${error.message}\n`);
    process.exitCode ??= UNAVAILABLE;
  }
};

new Command('fuzz')
  .description('Makes requests and frames from the references, sound and odd ones, against a stack of its own')
  .option('--seconds <n>', 'for how long', positiveNumber, 60)
  .option('--seed <n>', 'the same seed, the same requests', wholeNumber(0), Date.now() % 1_000_000)
  .option('--schemathesis', 'then lets schemathesis do the same, for as long; needs Python 3.11')
  .action(fuzz)
  .parseAsync();
