import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** Bytes, minified and gzipped: what a page loads. ADR 13 says what is in them. */
const BUDGETS = { core: 13_030, index: 13_880, store: 1_470 };

it.each(Object.entries(BUDGETS))('%s stays within %i bytes, minified and gzipped', async (entry, budget) => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../../client/${entry}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThanOrEqual(budget);
});
