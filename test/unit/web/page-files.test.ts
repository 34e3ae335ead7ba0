import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configOf, pageFiles } from '../../../tools/deploy-page/page-files.ts';

const OUTPUTS = new Map([
  ['PageApiUrl', 'https://api.example'],
  ['PageWebsocketUrl', 'wss://live.example/prod'],
  ['PageIssuer', 'https://issuer.example'],
  ['PageClientId', 'page'],
]);

it('a deployed page reads its configuration of the outputs of its stack', () => {
  expect(configOf(OUTPUTS)).toEqual({
    apiUrl: 'https://api.example',
    websocketUrl: 'wss://live.example/prod',
    issuer: 'https://issuer.example',
    clientId: 'page',
    scope: 'openid email',
  });
  expect(() => configOf(new Map())).toThrow('no output PageApiUrl');
});

it('the page itself is uploaded last, and kept by nobody', () => {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'assets'));
  for (const name of ['index.html', 'icon.svg', 'assets/index-1a2b.js']) writeFileSync(join(folder, name), name);
  const files = pageFiles(folder, configOf(OUTPUTS));
  expect(files.at(-1)).toMatchObject({ key: 'index.html', cacheControl: 'no-cache' });
  expect(files.map(({ key }) => key).sort()).toEqual(['assets/index-1a2b.js', 'config.json', 'icon.svg', 'index.html']);
  expect(files.find(({ key }) => key.endsWith('.js'))).toMatchObject({
    contentType: 'text/javascript; charset=utf-8',
    cacheControl: 'public, max-age=31536000, immutable',
  });
});
