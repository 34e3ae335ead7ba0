import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answers } from '../../local/dynamodb/answers.ts';
import { freePort } from '../../local/ports.ts';
import { RunningStack } from '../../local/run-stack.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { forkEngine } from '../support/engine-process.ts';

/** The processes that another one has started, as Linux tells them. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** The command line of a process. */
const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

describe.skipIf(process.platform !== 'linux')('DynamoDB Local', () => {
  it('ends when the process that started it is killed', async () => {
    const { endpoint, child } = await forkEngine({ port: await freePort() }, 'dynamodb-local');
    expect(await answers(endpoint)).toBe(true);
    child.kill('SIGKILL');
    await waitFor('the end of Java', async () => !(await answers(endpoint)));
  });

  it('ends when its keeper is killed, and the process hears of it', async () => {
    const { endpoint, child } = await forkEngine({ port: await freePort() }, 'dynamodb-local');
    const heard = once(child, 'message');
    process.kill(childrenOf(child.pid ?? 0)[0] ?? 0, 'SIGKILL');
    expect(String(await heard)).toContain('DynamoDB Local has ended');
    await waitFor('the end of Java', async () => !(await answers(endpoint)));
  });

  it('takes a whole stack with it when Java is killed, and the stack says so', async () => {
    const running = await RunningStack.start(['--engine', 'dynamodb-local']);
    const { pid, dynamodb } = running.stack;
    const keeper = childrenOf(pid).find((child) => commandOf(child).includes('dynamodb-local-keeper')) ?? 0;
    process.kill(childrenOf(keeper)[0] ?? 0, 'SIGKILL');
    await waitFor('the end of the stack', () => !existsSync(`/proc/${pid}`));
    expect(running.output).toContain('DynamoDB Local has ended');
    expect(running.output).toContain('The stack ends, because its tables are gone. Start it again');
    expect(await answers(dynamodb)).toBe(false);
    await running.stop();
  });
});
