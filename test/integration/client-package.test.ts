import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildClient } from '../../tools/build-client.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'deep-thoughts-client';
const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-client-'));
const installed = join(folder, 'node_modules', NAME);

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  for (const file of ['package.json', 'README.md', 'SPEC.md'])
    cpSync(join(ROOT, 'client', file), join(installed, file));
  await buildClient(join(installed, 'dist'));
  for (const name of ['react', '@types'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (file: string, text: string): string => {
  writeFileSync(join(folder, file), text);
  return execFileSync(process.execPath, [join(folder, file)], { encoding: 'utf8', stdio: 'pipe' }).trim();
};

it('is a package by the rules of publint', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: 'npm' });
  expect(messages.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([]);
});

it('is imported and required, with nothing else installed', () => {
  const use = 'console.log(typeof connect, typeof Store);';
  const esm = `import { connect } from '${NAME}'; import { Store } from '${NAME}/store'; ${use}`;
  const cjs = `const { connect } = require('${NAME}'); const { Store } = require('${NAME}/store'); ${use}`;
  expect([run('a.mjs', esm), run('a.cjs', cjs)]).toEqual(['function function', 'function function']);
});

/**
 * What `attw --profile node16` looks at: each kind of importer finds types of its own kind. It is no dependency, for it brings a
 * TypeScript of its own (38 MB in all); version 0.18.5 finds nothing.
 */
it.each([
  ['import of ESM', 'use.mts', 'nodenext', 'nodenext'],
  ['require of CommonJS', 'use.cts', 'nodenext', 'nodenext'],
  ['import of a bundler', 'use.ts', 'esnext', 'bundler'],
])('has types for the %s', (_, file, module, moduleResolution) => {
  const text = `import { connect, type LiveItem } from '${NAME}';
import { Store } from '${NAME}/store';
import { useThoughts } from '${NAME}/react';
const client = connect({ url: 'wss://x', ticket: async () => 't' });
client.on('event', (event) => {
  if (event.type !== 'thought.deleted') event.thought.text.length;
});
// @ts-expect-error There is no such option.
connect({ url: 'wss://x', ticket: async () => 't', nothing: true });
const store = new Store(client, async () => []);
export const show = () => useThoughts(store).map(({ text }) => text);
export const typeOf = (item: LiveItem): string => item.type;
`;
  writeFileSync(join(folder, file), text);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--lib', 'es2024,dom', '--types', 'react'];
  const how = ['--module', module, '--moduleResolution', moduleResolution, '--ignoreConfig'];
  execFileSync(process.execPath, [tsc, ...options, ...how, file], { cwd: folder, stdio: 'inherit' });
});
