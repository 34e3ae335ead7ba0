import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { compileCache, serverlessCommand } from '../../local/run-stack.ts';
import { writeStack } from '../../local/stack.ts';

const stack = inject('stack');
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As `npx sls invoke local` does it. */
const invokeLocal = async (name: string, event: string, state: string) => {
  const args = [serverlessCommand(), 'invoke', 'local', '-f', name, '-p', `events/${event}.json`, '--state', state];
  return promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...compileCache } });
};

describe('sls invoke local', () => {
  it.each([
    ['http', 'http-get-unknown-user', '"statusCode": 404'],
    ['websocket', 'websocket-connect', '"statusCode": 401'],
    ['stream', 'stream-batch', '"batchItemFailures": []'],
  ])('calls the function %s on the running stack', async (name, event, answer) => {
    const state = join(folder, 'stack.json');
    writeStack(state, stack);
    expect((await invokeLocal(name, event, state)).stdout).toContain(answer);
  });

  it('says to run npm start when no stack runs', async () => {
    const call = invokeLocal('http', 'http-get-thoughts', join(folder, 'none.json'));
    await expect(call).rejects.toMatchObject({ stderr: expect.stringContaining('npm start') });
  });
});
