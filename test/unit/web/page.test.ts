import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { PageServer } from '../../../local/page/page-server.ts';
import { buildPage } from '../../../web/build.ts';
import { contentPolicy } from '../../../web/policy.ts';

const MAX_SCRIPT_BYTES = 150 * 1024;

describe('the built page', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await buildPage();
  }, 60_000);
  const assets = (end: string) =>
    readdirSync(join(folder, 'assets'))
      .filter((name) => name.endsWith(end))
      .map((name) => readFileSync(join(folder, 'assets', name)));

  it('has less than 150 KB of script, gzipped', () => {
    const bytes = assets('.js').reduce((sum, script) => sum + gzipSync(script).length, 0);
    expect(bytes).toBeGreaterThan(50 * 1024);
    expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
  });

  it('has no inline script or style, and loads nothing from other hosts', () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|onload=/);
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(sources.length).toBeGreaterThan(2);
    expect(sources.filter((url) => !url?.startsWith('/'))).toEqual([]);
    expect(assets('.css').join()).not.toMatch(/url\(|@import/);
  });

  it('is served whole: files, the configuration, and itself for every other path', async () => {
    const headers = { 'x-content-type-options': 'nosniff' };
    const server = await PageServer.start(0, { folder, config: { apiUrl: 'http://api' }, headers });
    const get = async (path: string) => {
      const response = await fetch(`${server.url}${path}`);
      return [response.status, response.headers.get('content-type'), response.headers.get('cache-control')];
    };
    const script = readdirSync(join(folder, 'assets')).find((name) => name.endsWith('.js'));
    const page = [200, 'text/html; charset=utf-8', 'no-cache'];
    expect(await get('/')).toEqual(page);
    expect(await get('/people/alice/thoughts/1')).toEqual(page);
    expect(await get('/..%2f..%2f..%2fpackage.json')).toEqual(page);
    expect(await get('/%ff')).toEqual(page);
    expect(await get(`/assets/${script}`)).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    expect(await (await fetch(`${server.url}/config.json`)).json()).toEqual({ apiUrl: 'http://api' });
    expect((await fetch(server.url)).headers.get('x-content-type-options')).toBe('nosniff');
    await server.stop();
  });
});

it('the policy allows the named origins and nothing inline', () => {
  const policy = contentPolicy({
    api: 'https://api.example',
    websocket: 'wss://live.example',
    issuer: 'https://issuer.example',
    images: 'https://images.example',
    uploads: 'https://uploads.example',
  });
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("img-src 'self' blob: https://images.example;");
  expect(policy).toContain(
    "connect-src 'self' https://api.example wss://live.example https://issuer.example https://uploads.example;",
  );
  expect(policy).not.toMatch(/unsafe|\*|data:/);
});
