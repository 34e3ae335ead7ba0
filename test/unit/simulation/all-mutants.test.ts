import { expect, it } from 'vitest';
import { runAllMutants } from '../../../tools/simulation/all-mutants.ts';
import type { Mutant } from '../../../tools/simulation/mutants.ts';
import { findMutant, type MutantOutcome } from '../../../tools/simulation/mutate.ts';

const mutant = (name: string): Mutant => ({
  name,
  file: 'src/keys/keys.ts',
  find: 'no file has this text',
  replace: '',
  theme: 'everyday',
  shows: ['lost'],
});

it('a mutant whose text has moved is told by name, and so are the others', async () => {
  const lines: string[] = [];
  const outcomes: Record<string, MutantOutcome> = {
    seen: { kind: 'found', seed: 3, codes: ['lost'] },
    unseen: { kind: 'not_found' },
  };
  const baseline = { codes: async () => new Set<string>() };
  const missed = await runAllMutants({
    mutants: ['moved', 'seen', 'unseen'].map(mutant),
    concurrency: 1,
    find: async (one, index) => outcomes[one.name] ?? findMutant(one, { index, baseline, seeds: 1 }),
    print: (line) => lines.push(line),
  });
  expect(missed).toBe(2);
  expect(lines).toEqual([
    'moved: TEXT NOT FOUND: "moved": its text is 0 times in src/keys/keys.ts. How to repair it: mutants.ts',
    'seen: seed 3 of everyday: lost',
    'unseen: NOT FOUND by any seed of everyday',
    '1 of 3 mutants found',
  ]);
});
