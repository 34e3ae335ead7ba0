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
  { file: 'timelines/merged-timeline.ts', from: 'Math.max(limit, ENTRY_STEP)', to: 'Math.min(limit, ENTRY_STEP)' },
];

/** @throws Error when a text is not there (any more): a mutant that changes nothing would prove nothing */
export const checkTexts = async (replacements: Replacement[]): Promise<void> => {
  for (const { file, from } of [...SMALL, ...replacements]) {
    const text = await readFile(join(SRC, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
  }
};

/**
 * The system with some of its text replaced.
 * @throws Error when a text is not there
 */
export const loadSystem = async (replacements: Replacement[] = []): Promise<System> => {
  await checkTexts(replacements);
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
            for (const { file, from, to } of [...SMALL, ...replacements]) {
              if (path === join(SRC, file)) contents = contents.replaceAll(from, () => to);
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  const directory = await mkdtemp(join(tmpdir(), 'timeline-model-'));
  try {
    const file = join(directory, 'system.mjs');
    await writeFile(file, result.outputFiles[0]?.text ?? '');
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as System;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
