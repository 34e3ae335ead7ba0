import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Mutant } from './mutants.ts';
import type { PlanOptions } from './plan.ts';
import { RunFailedError, Workers } from './workers.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the project, so that Node finds its packages from there. */
const FOLDER = resolve(ROOT, 'node_modules/.cache/deep-thoughts-mutants');
/** Most mutants show in the first run of this size. */
const SIZE: PlanOptions = { people: 12, minutes: 6 };

/** A mutant must be found within this many seeds of its theme. */
export const MUTANT_SEEDS = 24;

/** The text of a mutant is not exactly once in its file. So the mutant would change nothing, or too much. */
export class MutantMovedError extends Error {
  readonly code = 'mutant_moved';
  override readonly name = 'MutantMovedError';
}

/** @throws MutantMovedError */
export const mutated = (text: string, { name, file, find, replace }: Mutant): string => {
  const count = text.split(find).length - 1;
  if (count === 1) return text.replace(find, () => replace);
  throw new MutantMovedError(`"${name}": its text is ${count} times in ${file}. How to repair it: mutants.ts`);
};

const plugin = (mutant: Mutant): Plugin => ({
  name: 'mutant',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const own = path === resolve(ROOT, mutant.file) ? mutated(text, mutant) : text;
      // The bundle is in another folder, but some modules read files next to their sources.
      return { contents: own.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    }),
});

/** The workers' program with a mutant in it. @throws MutantMovedError @returns its path */
const buildMutant = async (mutant: Mutant, index: number): Promise<string> => {
  mutated(await readFile(resolve(ROOT, mutant.file), 'utf8'), mutant);
  await mkdir(FOLDER, { recursive: true });
  const outfile = resolve(FOLDER, `${process.pid}-${index}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [plugin(mutant)],
  });
  return outfile;
};

/** What became of a mutant. Everything but `found` is a failure. */
export type MutantOutcome =
  /** The first seed that found the mutant, and the violations that showed it. */
  | { kind: 'found'; seed: number; codes: string[] }
  | { kind: 'not_found' }
  /** The text of the mutant is not exactly once in its file: the mutant did not run. */
  | { kind: 'text_not_found'; detail: string }
  /** A run with the mutant in it ended without a report. */
  | { kind: 'run_failed'; detail: string };

/** The violations of the unchanged program, by theme and seed. Each seed is run once. */
export class Baseline {
  readonly #workers: Workers;
  readonly #codes = new Map<string, Promise<Set<string>>>();

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  codes(theme: Mutant['theme'], seed: number): Promise<Set<string>> {
    const name = `${theme} ${seed}`;
    const known = this.#codes.get(name) ?? codesOf(this.#workers, theme, seed);
    this.#codes.set(name, known);
    return known;
  }
}

const codesOf = async (workers: Workers, theme: Mutant['theme'], seed: number): Promise<Set<string>> => {
  const { violations } = await workers.run({ seed, ...SIZE, theme });
  return new Set(violations.map(({ code }) => code));
};

interface Search {
  /** Names the file of this mutant's program. */
  index: number;
  baseline: Pick<Baseline, 'codes'>;
  seeds: number;
}

/** Runs seeds of a mutant's theme until one has a violation that the unchanged program does not have in that seed. */
export const findMutant = async (mutant: Mutant, { index, baseline, seeds }: Search): Promise<MutantOutcome> => {
  const program = await buildMutant(mutant, index).catch((error: unknown) => {
    if (error instanceof MutantMovedError) return error;
    throw error;
  });
  if (program instanceof MutantMovedError) return { kind: 'text_not_found', detail: program.message };
  const workers = new Workers(1, pathToFileURL(program));
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const codes = await codesOf(workers, mutant.theme, seed);
      const wanted = [...codes].filter((code) => mutant.shows.some((begin) => code.startsWith(begin)));
      if (wanted.length === 0) continue;
      const before = await baseline.codes(mutant.theme, seed);
      const shown = wanted.filter((code) => !before.has(code));
      if (shown.length > 0) return { kind: 'found', seed, codes: shown };
    }
    return { kind: 'not_found' };
  } catch (error) {
    if (error instanceof RunFailedError) return { kind: 'run_failed', detail: error.message };
    throw error;
  } finally {
    await workers.close();
    await rm(program);
  }
};
