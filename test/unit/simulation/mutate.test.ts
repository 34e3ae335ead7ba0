import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../../tools/simulation/mutants.ts';
import { MutantMovedError, mutated } from '../../../tools/simulation/mutate.ts';

const MUTANT = { name: 'x', file: 'x.ts', find: 'one', replace: '$& two', theme: 'everyday', shows: [] } as const;

describe('a mutant', () => {
  it('replaces its text as it is written', () => {
    expect(mutated('one;', { ...MUTANT, shows: [] })).toBe('$& two;');
  });

  it.each(['', 'one one'])('says so when its text is not there exactly once: "%s"', (text) => {
    expect(() => mutated(text, { ...MUTANT, shows: [] })).toThrow(MutantMovedError);
  });

  it.each(MUTANTS)('has its text where it says: $name', (mutant) => {
    const text = readFileSync(new URL(`../../../${mutant.file}`, import.meta.url), 'utf8');
    expect(mutated(text, mutant)).not.toBe(text);
  });
});
