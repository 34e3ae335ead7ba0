import pMap from 'p-map';
import type { Mutant } from './mutants.ts';
import type { MutantOutcome } from './mutate.ts';

export interface AllMutantsOptions {
  mutants: readonly Mutant[];
  /** How many mutants are run side by side. */
  concurrency: number;
  find: (mutant: Mutant, index: number) => Promise<MutantOutcome>;
  print: (line: string) => void;
}

/** Runs each mutant, and prints the seed that found it, or why none did. @returns how many were not found */
export const runAllMutants = async ({ mutants, concurrency, find, print }: AllMutantsOptions): Promise<number> => {
  let missed = 0;
  await pMap(
    mutants,
    async (mutant, index) => {
      const outcome = await find(mutant, index);
      if (outcome.kind !== 'found') missed++;
      print(`${mutant.name}: ${textOf(outcome, mutant)}`);
    },
    { concurrency },
  );
  print(`${mutants.length - missed} of ${mutants.length} mutants found`);
  return missed;
};

const textOf = (outcome: MutantOutcome, { theme }: Mutant): string => {
  switch (outcome.kind) {
    case 'found':
      return `seed ${outcome.seed} of ${theme}: ${outcome.codes.join(', ')}`;
    case 'not_found':
      return `NOT FOUND by any seed of ${theme}`;
    case 'text_not_found':
      return `TEXT NOT FOUND: ${outcome.detail}`;
    case 'run_failed':
      return `RUN FAILED: ${outcome.detail}`;
  }
};
