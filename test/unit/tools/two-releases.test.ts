import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { ReleaseUnavailable, unpackRelease } from '../../../tools/soak/release.ts';

const twoReleases = createRequire(import.meta.url)('../../../tools/soak/two-releases.cjs') as (
  before: string,
) => Plugin;

const SOURCES = {
  'functions/http.ts': `import { release } from '../src/release.ts';
    export const handler = async (event: string) => release + event;`,
  'src/release.ts': `export const release = 'now:';`,
  'before/functions/http.ts': `import { release } from '../src/release.ts';
    export const handler = async (event: string) => release + event;`,
  'before/src/release.ts': `export const release = 'before:';`,
};

describe('A bundle of two releases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-releases-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers by each in turns, and notes which', async () => {
    for (const [path, text] of Object.entries(SOURCES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const before = join(folder, 'before');
    const outfile = join(folder, 'out/http.mjs');
    await build({
      absWorkingDir: folder,
      entryPoints: ['functions/http.ts'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      plugins: [twoReleases(before)],
    });
    const { handler } = (await import(pathToFileURL(outfile).href)) as { handler: (event: string) => Promise<string> };
    expect([await handler('a'), await handler('b'), await handler('c')]).toEqual(['now:a', 'before:b', 'now:c']);
    expect(readFileSync(join(before, 'http-calls'), 'utf8')).toBe('nbn');
  });

  it('cannot be made of a release that the history does not hold', () => {
    expect(() => unpackRelease('no-such-release')).toThrow(ReleaseUnavailable);
  });
});
