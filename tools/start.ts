import { spawn } from 'node:child_process';
import { readyText } from '../local/ready-text.ts';
import { compileCache, serverlessCommand } from '../local/run-stack.ts';
import type { Stack } from '../local/stack.ts';
import { whenOrphaned } from './support/orphan.ts';

/** `npm start`: the stack of `sls offline`, without the chatter of its plugins unless `--verbose` asks for it. */
const startedAt = performance.now();
const args = process.argv.slice(2);
const isVerbose = args.includes('--verbose');
const child = spawn(process.execPath, [serverlessCommand(), 'offline', ...args], {
  stdio: ['inherit', isVerbose ? 'inherit' : 'ignore', 'inherit', 'ipc'],
  env: { ...process.env, ...compileCache, ...(!isVerbose && { SLS_LOG_LEVEL: 'error' }) },
});
child.on('message', async ({ stack }: { stack: Stack }) => {
  process.stdout.write(await readyText(stack, performance.now() - startedAt));
});
// A shell between npm and this hands no signal on, and npm itself may be killed: the stack ends with them.
if (process.env.npm_lifecycle_event) whenOrphaned(() => child.kill('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
