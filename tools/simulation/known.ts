import type { Violation } from './violations.ts';

/** A known violation: its code, the seeds in which it was seen and understood, and its cause. */
interface KnownViolation {
  code: string;
  seeds: number[];
  what: string;
}

/** Other seeds with the same code still fail, because their cause may be another one. The list should be empty. */
const KNOWN: KnownViolation[] = [];

/** The known violation of this seed and code; undefined when it is not known. */
export const knownViolation = (code: string, seed: number): string | undefined =>
  KNOWN.find((known) => known.code === code && known.seeds.includes(seed))?.what;

/** The violations that fail a run: all that are not known, or all. */
export const failuresOf = (
  { seed, violations }: { seed: number; violations: Violation[] },
  isAll: boolean,
): Violation[] => violations.filter(({ code }) => isAll || knownViolation(code, seed) === undefined);
