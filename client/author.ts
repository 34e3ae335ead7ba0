import type { Remembered } from './recent.ts';
import type { NumberedEvent } from './types.ts';

/** A range of numbers: the first and the last. */
type Span = [number, number];

/**
 * The state of one numbered list: an author's changes, or a conversation's, under the name of its channel. There are many of these, so
 * what is needed only while changes are missing is in the hole.
 */
export interface Author extends Remembered {
  readonly name: string;
  /** The number of the last change that was given to the app, or that the app has read by itself. */
  last: number | undefined;
  /** When that change was made, in milliseconds since 1970. */
  lastAt: number;
  /** Whether an event of this author has been given to the app. */
  isHeard: boolean;
  /** Whether the author's changes belong to the timeline. */
  inTimeline: boolean;
  /** The last number that was passed over, though no version explains it, or that the app has read. */
  lostTo: number;
  /** Numbers up to `last` that were not given to the app, in ascending order. */
  skipped: Span[];
  /** Undefined: nothing is missing, as far as is known. */
  hole: Hole | undefined;
}

/** Changes of an author that are missing. Times are milliseconds by the machine's clock, unless a comment says otherwise. */
export interface Hole {
  /** Changes that wait for a missing number before them, by number. */
  readonly held: Map<number, NumberedEvent>;
  /** The highest number that exists, as the server said. */
  expected: number;
  /** When the server said so, by its clock. */
  expectedAt: number;
  /** When that answer came. */
  expectedSince: number;
  /** When the hole after the number `behind` was noticed. Undefined: it was not. */
  noticedAt: number | undefined;
  behind: number | undefined;
  /** When to ask for the missing numbers, or to give the author's first events. */
  dueAt: number;
  /** Whether a replay is waited for until then. */
  isAsked: boolean;
  asks: number;
  /** How often the missing numbers are asked for at most. */
  maxAsks: number;
}

/** Shared by all authors without skipped numbers, which are most of them. */
const NONE: Span[] = [];
/** The most spans that are kept for one author. Beyond that, the two oldest become one, with the numbers between them. */
const MAX_SPANS = 20;

export const newAuthor = (name: string): Author => ({
  name,
  last: undefined,
  // Not an integer, so that an engine makes room for milliseconds at once.
  lastAt: Number.NEGATIVE_INFINITY,
  isHeard: false,
  inTimeline: false,
  lostTo: 0,
  skipped: NONE,
  hole: undefined,
  isUsed: false,
});

export const newHole = (): Hole => ({
  held: new Map(),
  expected: 0,
  expectedAt: 0,
  expectedSince: 0,
  noticedAt: undefined,
  behind: undefined,
  dueAt: 0,
  isAsked: false,
  asks: 0,
  maxAsks: 0,
});

/** The number after which nothing is known of the author. */
export const lastOf = ({ last = 0, hole }: Author): number => Math.max(last, ...(hole?.held.keys() ?? []));

/** The changes that wait, in the order of their numbers. */
export const heldOf = ({ hole }: Author): NumberedEvent[] =>
  [...(hole?.held.values() ?? [])].sort((a, b) => a.seq - b.seq);

/** Stops waiting for the numbers up to this one. */
export const skipTo = (author: Author, seq: number): void => {
  const { last = 0 } = author;
  author.last = Math.max(last, seq);
  if (seq <= last) return;
  const spans: Span[] = [...author.skipped, [last + 1, seq]];
  const [first, second, ...rest] = spans;
  author.skipped = first && second && rest.length > MAX_SPANS - 2 ? [[first[0], second[1]], ...rest] : spans;
};

export const isSkipped = ({ skipped }: Author, seq: number): boolean =>
  skipped.some(([from, to]) => from <= seq && seq <= to);
