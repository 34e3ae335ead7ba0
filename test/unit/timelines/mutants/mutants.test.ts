import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deployments, type Variant } from '../../../support/timeline-model/hosts.ts';
import { checkTexts, loadSystem, type System } from '../../../support/timeline-model/load-system.ts';
import { MUTANTS } from '../../../support/timeline-model/mutants.ts';
import { closeProperty, raceProperty, timelineProperty } from '../../../support/timeline-model/property.ts';

/** Courses that are tried on a mutant, in turns of the properties. MUTANT_RUNS=0, the default, only looks for their texts. */
const RUNS = Number(process.env.MUTANT_RUNS ?? 0);
const TURN = 300;
const TIMEOUT_MS = 600_000;
const VARIANTS: Variant[] = ['default', 'entry'];

/** How many courses it took until one failed. */
const coursesUntilSeen = async (system: System, makeDeployments = () => new Deployments()): Promise<number> => {
  for (let tried = 0; tried < RUNS; tried += TURN) {
    const turn = tried / TURN;
    const variant = VARIANTS[Math.floor(turn / 3) % VARIANTS.length] ?? 'default';
    const properties = [
      () => raceProperty(system, variant),
      () => closeProperty(system, variant),
      () => timelineProperty(system, variant, makeDeployments),
    ];
    const property = (properties[turn % 3] ?? properties[0])?.();
    if (!property) throw new Error('There is no property');
    const { failed, numRuns } = await fc.check(property, { numRuns: TURN, seed: tried + 1, endOnFailure: true });
    if (failed) return tried + numRuns;
  }
  return Number.POSITIVE_INFINITY;
};

describe.each(Object.entries(MUTANTS))('the rule with %s', (name, replacements) => {
  it('can be made from the text as it stands', () => checkTexts(replacements));

  it.runIf(RUNS > 0)(
    'breaks the property',
    async () => {
      const courses = await coursesUntilSeen(await loadSystem(replacements));
      console.info(`${name}: seen after ${courses} courses`);
      expect(courses).toBeLessThan(Number.POSITIVE_INFINITY);
    },
    TIMEOUT_MS,
  );
});
