import { spawn } from 'node:child_process';

/**
 * Runs a command as long as the process that started this one lives: when that ends, however it ends, the channel to it
 * closes, and the command is killed. A message names a signal for the command; the first answer is its process id.
 * Usage: fork(this, [command, ...arguments])
 */
const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit' });
process.send?.(child.pid);
process.on('disconnect', () => child.kill('SIGKILL'));
process.on('message', (signal: NodeJS.Signals) => child.kill(signal));
// Ctrl-C reaches everybody at a terminal; the stack says when the end has come.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
child.on('error', () => process.exit(1));
child.on('exit', (code) => process.exit(code ?? 1));
