import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { loadSystem, type System } from '../../support/timeline-model/load-system.ts';
import { closeProperty, raceProperty, timelineProperty } from '../../support/timeline-model/property.ts';

/** RUNS=3000 for a long look. */
const RUNS = Number(process.env.RUNS ?? 20);
const TIMEOUT_MS = 60_000 + 200 * RUNS;

let system: System;
beforeAll(async () => {
  system = await loadSystem();
});

describe.each(['entry', 'push', 'default'] as const)('a timeline, edges delivered as %s', (variant) => {
  it(
    'is what its definition says, whatever happened in whatever order',
    () => fc.assert(timelineProperty(system, variant), { numRuns: RUNS }),
    TIMEOUT_MS,
  );

  it(
    'is so at each step of one reader and one author',
    () => fc.assert(closeProperty(system, variant), { numRuns: 2 * RUNS }),
    TIMEOUT_MS,
  );

  it(
    'is so wherever an action is stopped and others take place',
    () => fc.assert(raceProperty(system, variant), { numRuns: 2 * RUNS }),
    TIMEOUT_MS,
  );
});
