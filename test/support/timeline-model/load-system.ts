import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export type System = typeof import('./system.ts');

/** A text of a file of `src/` that is replaced, wherever it stands in the file. */
export interface Replacement {
  file: string;
  from: string;
  to: string;
}

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));

/** The lists of a model are short. These make each longer than what is read of it at once. */
const SMALL: Replacement[] = [
  { file: 'thoughts/author-head.ts', from: 'HEAD_IDS = 40', to: 'HEAD_IDS = 3' },
  { file: 'thoughts/page.ts', from: 'MAX_EXAMINED = 100', to: 'MAX_EXAMINED = 7' },
  { file: 'timelines/merged-timeline.ts', from: 'ENTRY_STEP = 25', to: 'ENTRY_STEP = 2' },
  { file: 'timelines/merged-timeline.ts', from: 'LIST_STEP = 5', to: 'LIST_STEP = 2' },
  { file: 'timelines/merged-timeline.ts', from: 'step: Math.max(limit, ENTRY_STEP)', to: 'step: ENTRY_STEP' },
];

/**
 * The system with some of its text replaced.
 * @throws Error when a text is not there (any more): a mutant that changes nothing would prove nothing
 */
export const loadSystem = async (replacements: Replacement[] = []): Promise<System> => {
  const pending = new Set([...SMALL, ...replacements]);
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./system.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*'],
    plugins: [
      {
        name: 'replace',
        setup({ onLoad }) {
          onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
            let contents = await readFile(path, 'utf8');
            for (const replacement of [...SMALL, ...replacements]) {
              const { file, from, to } = replacement;
              if (path !== join(SRC, file) || !contents.includes(from)) continue;
              contents = contents.replaceAll(from, () => to);
              pending.delete(replacement);
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  const [missing] = pending;
  if (missing) throw new Error(`${missing.file} does not hold: ${missing.from}`);
  const directory = await mkdtemp(join(tmpdir(), 'timeline-model-'));
  try {
    const file = join(directory, 'system.mjs');
    await writeFile(file, result.outputFiles[0]?.text ?? '');
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as System;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
