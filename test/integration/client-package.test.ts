import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'deep-thoughts-client';
const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-client-'));
const installed = join(folder, 'node_modules', NAME);
let tarball: Uint8Array<ArrayBuffer>;

/** The tests use the tarball of `npm pack` in `client/`, unpacked as an installation unpacks it. */
beforeAll(() => {
  rmSync(join(ROOT, 'client', 'dist'), { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  const pack = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: join(ROOT, 'client'),
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(pack) as [{ filename: string }];
  tarball = new Uint8Array(readFileSync(join(folder, filename)));
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  for (const name of ['react', '@types'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (file: string, text: string): string => {
  writeFileSync(join(folder, file), text);
  return execFileSync(process.execPath, [join(folder, file)], { encoding: 'utf8', stdio: 'pipe' }).trim();
};

it('is a package by the rules of publint', async () => {
  const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  expect(messages.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([]);
});

/** Older resolution by `main` alone (`node10`) knows no entries but the first; Node has had `exports` since 12. */
it('has the right types for each kind of importer, by the rules of attw', async () => {
  const { types, problems } = (await checkPackage(createPackageFromTarballData(tarball))) as {
    types: false | { kind: string };
    problems?: { kind: string; resolutionKind?: string }[];
  };
  expect(types).toMatchObject({ kind: 'included' });
  expect(problems?.filter(({ resolutionKind }) => resolutionKind !== 'node10')).toEqual([]);
});

it('is imported and required, with nothing else installed', () => {
  const use = 'console.log(typeof connect, typeof Store, typeof core.connect);';
  const esm = `import { connect } from '${NAME}'; import { Store } from '${NAME}/store'; import * as core from '${NAME}/core'; ${use}`;
  const cjs = `const { connect } = require('${NAME}'); const { Store } = require('${NAME}/store'); const core = require('${NAME}/core'); ${use}`;
  expect([run('a.mjs', esm), run('a.cjs', cjs)]).toEqual(Array(2).fill('function function function'));
});

it('has one class of errors for all of its entries', () => {
  const use =
    "try { core.connect({ since: '?' }) } catch (error) { console.log(error instanceof LiveError, error.code) }";
  const esm = `import { LiveError } from '${NAME}'; import * as core from '${NAME}/core'; ${use}`;
  const cjs = `const { LiveError } = require('${NAME}'); const core = require('${NAME}/core'); ${use}`;
  expect([run('b.mjs', esm), run('b.cjs', cjs)]).toEqual(Array(2).fill('true invalid_since'));
});

/** attw looks at the files; this at what an app writes, by the compiler that we use. */
it.each([
  ['import of ESM and the require of CommonJS', ['use.mts', 'use.cts'], 'nodenext', 'nodenext', 'es2024,dom'],
  ['import of a bundler, without the types of a platform', ['use.ts'], 'esnext', 'bundler', 'es2024'],
])('has types for the %s', (_, files, module, moduleResolution, lib) => {
  const text = `import { connect, type LiveItem } from '${NAME}';
import { connect as connectCore } from '${NAME}/core';
import { Store } from '${NAME}/store';
import { useLiveState, useThoughts } from '${NAME}/react';
const client = connect({ url: 'wss://x', ticket: async () => 't' });
client.on('event', (event) => {
  if (event.type !== 'thought.deleted') event.thought.text.length;
});
// @ts-expect-error There is no such option.
connect({ url: 'wss://x', ticket: async () => 't', nothing: true });
const store = new Store(client, async () => []);
export const show = () => useThoughts(store).map(({ text }) => text);
const core = connectCore({ url: 'wss://x', ticket: async () => 't' });
export const showCore = () => [useThoughts(new Store(core, async () => [])).length, useLiveState(core)];
${lib.includes('dom') ? 'client.close(); connect({ url: "", ticket: async () => "", signal: new AbortController().signal });' : ''}
export const typeOf = (item: LiveItem): string => item.type;
`;
  for (const file of files) writeFileSync(join(folder, file), text);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--lib', lib, '--types', 'react'];
  // TypeScript's own libraries are half of the work.
  const how = ['--module', module, '--moduleResolution', moduleResolution, '--ignoreConfig', '--skipDefaultLibCheck'];
  execFileSync(process.execPath, [tsc, ...options, ...how, ...files], { cwd: folder, stdio: 'inherit' });
});
