/** A violation that waits to be mended: its code, the seeds in which it was seen and understood, and what it is. */
interface KnownViolation {
  code: string;
  seeds: number[];
  what: string;
}

/** Other seeds fail with the same code: it may be another fault. An empty list is the aim. */
const KNOWN: KnownViolation[] = [];

/** What a violation of this run is, when it is known. */
export const knownViolation = (code: string, seed: number): string | undefined =>
  KNOWN.find((known) => known.code === code && known.seeds.includes(seed))?.what;
