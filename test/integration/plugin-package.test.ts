import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { compileCache, serverlessCommand } from '../../local/run-stack.ts';
import { buildPlugin } from '../../tools/build-plugin.ts';
import { waitFor } from '../../tools/support/measure.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = join(ROOT, 'local/serverless');
const NAME = 'serverless-streams-and-sockets';
const folder = mkdtempSync(join(tmpdir(), 'plugin-package-'));
const project = join(folder, 'project');
const installed = join(project, 'node_modules', NAME);
let tarball = '';
let child: ChildProcess | undefined;
let output = '';

/** The example, with the packed plugin and the SDK as anybody would install them. */
beforeAll(async () => {
  const source = join(folder, 'source');
  for (const file of ['package.json', 'README.md']) cpSync(join(SOURCE, file), join(source, file), { recursive: true });
  await buildPlugin(join(source, 'dist'));
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--offline', '--pack-destination', folder], {
      cwd: source,
      encoding: 'utf8',
    }),
  );
  tarball = join(folder, filename);
  cpSync(join(SOURCE, 'example'), project, { recursive: true });
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const name of ['@aws-sdk', 'serverless'])
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
});
afterAll(async () => {
  if (child && child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

it('is a package by the rules of publint', async () => {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({ strict: true, pack: { tarball: Uint8Array.from(bytes).buffer } });
  expect(messages.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([]);
});

it('has types', () => {
  const text = `import Plugin, { type Options, type Serverless } from '${NAME}';
declare const serverless: Serverless;
const options: Options = { websocketPort: 0 };
export const hooks: string[] = Object.keys(new Plugin(serverless, options).hooks);
// @ts-expect-error There is no such option.
new Plugin(serverless, { nothing: true });
`;
  writeFileSync(join(project, 'use.mts'), text);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--ignoreConfig',
    '--skipDefaultLibCheck',
    '--target',
    'es2024',
    '--module',
    'nodenext',
    '--types',
    '',
  ];
  execFileSync(process.execPath, [tsc, ...options, 'use.mts'], { cwd: project, stdio: 'inherit' });
});

it('runs the example: what a client sends comes back by the table, its stream and @connections', async () => {
  const args = ['offline', 'start', '--websocketPort', '0', '--dynamodbPort', '0'];
  child = spawn(process.execPath, [serverlessCommand(), ...args], {
    cwd: project,
    env: { PATH: process.env.PATH, HOME: folder, ...compileCache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const collect = (data: Buffer) => {
    output += data;
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  await waitFor('the start', () => output.includes('Stream: '), 50_000);
  const url = /WebSocket: (ws:\S+)/.exec(output)?.[1] ?? '';
  const socket = new WebSocket(url);
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  await once(socket, 'open');
  socket.send('hello');
  await waitFor('both answers', () => messages.length >= 2, 30_000);
  expect(messages.toSorted()).toEqual(['kept', 'stream: hello']);
  // The stream's function can't reach a socket that is gone; the report has the function's name on AWS.
  socket.send('bye');
  socket.close();
  await waitFor('the failure', () => output.includes('example-dev-changes failed: '), 30_000);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});
