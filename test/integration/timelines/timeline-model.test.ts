import fc from 'fast-check';
import { inject, it } from 'vitest';
import { tableMaker } from '../../support/real-table.ts';
import { loadSystem } from '../../support/timeline-model/load-system.ts';
import { replayedProperty } from '../../support/timeline-model/property.ts';

/** RUNS=20 for a long look. */
const RUNS = Number(process.env.RUNS ?? 2);

const makeTable = tableMaker(inject('engine'));

it.each(['entry', 'push', 'default'] as const)(
  'a timeline is what its definition says on a real table, edges delivered as %s',
  async (variant) => {
    await fc.assert(replayedProperty(await loadSystem(), variant, makeTable), { numRuns: RUNS, endOnFailure: true });
  },
  60_000 + 30_000 * RUNS,
);
