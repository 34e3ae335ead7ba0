import { afterAll, describe, expect, it } from 'vitest';
import { MUTANTS } from '../../tools/simulation/mutants.ts';
import { Baseline, findMutant, MUTANT_SEEDS } from '../../tools/simulation/mutate.ts';
import { Workers } from '../../tools/simulation/workers.ts';

const workers = new Workers(1);
const baseline = new Baseline(workers);
afterAll(() => workers.close());

describe('the simulation finds', () => {
  it.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))('$name', async ({ index, ...mutant }) => {
    const outcome = await findMutant(mutant, { index, baseline, seeds: MUTANT_SEEDS });
    expect(outcome).toMatchObject({ kind: 'found' });
  });
});
