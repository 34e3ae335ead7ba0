import type { NumberedEvent } from './types.ts';

/** A range of numbers: the first and the last. */
type Span = [number, number];

/**
 * The state of one numbered list: an author's changes, or a conversation's, under the name of its channel. Times are
 * milliseconds by the machine's clock, unless a comment says otherwise.
 */
export interface Author {
  readonly name: string;
  /** The number of the last change that was given to the app, or that the app has read by itself. */
  last: number | undefined;
  /** When that change was made, in milliseconds since 1970. */
  lastAt: number;
  /** Whether an event of this author has been given to the app. */
  isHeard: boolean;
  /** Whether the author's changes belong to the timeline. */
  inTimeline: boolean;
  /** Numbers up to `last` that were not given to the app, in ascending order. */
  skipped: Span[];
  /** Changes that wait for a missing number before them, by number. */
  held: Map<number, NumberedEvent>;
  /** The highest number that exists, as the server said. */
  expected: number;
  /** When the server said so, by its clock. */
  expectedAt: number;
  /** When that answer came. */
  expectedSince: number;
  /** When the hole after the number `noticedBehind` was noticed. Undefined: there is no hole. */
  noticedAt: number | undefined;
  noticedBehind: number | undefined;
  /** When to ask for the missing numbers, or to give the author's first events. Infinity: a replay was asked for. */
  dueAt: number;
  asks: number;
  /** How often the missing numbers are asked for at most. */
  maxAsks: number;
  /** The id from which its channel is to be replayed. */
  since: string;
}

/** Shared by all authors without held changes, which are most of them. */
const NOTHING = new Map<number, NumberedEvent>();

/** Shared by all authors without skipped numbers, which are most of them. */
const NONE: Span[] = [];
/** The most spans that are kept for one author. Beyond that, the two oldest become one, with the numbers between them. */
const MAX_SPANS = 20;

export const newAuthor = (name: string): Author => ({
  name,
  last: undefined,
  lastAt: 0,
  isHeard: false,
  skipped: NONE,
  inTimeline: false,
  held: NOTHING,
  expected: 0,
  expectedAt: 0,
  expectedSince: 0,
  noticedAt: undefined,
  noticedBehind: undefined,
  dueAt: 0,
  asks: 0,
  maxAsks: 0,
  since: '',
});

/** Keeps a change, with every list by which it comes, until the numbers before it have come or are given up. */
export const hold = (author: Author, event: NumberedEvent): void => {
  if (author.held === NOTHING) author.held = new Map();
  const channels = [...(author.held.get(event.seq)?.channels ?? []), ...event.channels];
  author.held.set(event.seq, { ...event, channels: [...new Set(channels)] });
};

/** Stops waiting for the numbers up to this one. */
export const skipTo = (author: Author, seq: number): void => {
  const { last = 0 } = author;
  author.last = Math.max(last, seq);
  if (seq <= last) return;
  const [first, second, ...rest] = [...author.skipped, [last + 1, seq] as Span];
  author.skipped =
    first && second && rest.length > MAX_SPANS - 2
      ? [[first[0], second[1]], ...rest]
      : [...author.skipped, [last + 1, seq]];
};

export const isSkipped = ({ skipped }: Author, seq: number): boolean =>
  skipped.some(([from, to]) => from <= seq && seq <= to);
