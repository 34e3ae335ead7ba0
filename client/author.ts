import type { NumberedEvent } from './types.ts';

/** Numbers from the first to the second. */
type Span = [number, number];

/** What is known of one list: an author's, or, by the name of its channel, a conversation's. Times are milliseconds, by the machine's clock where nothing else is said. */
export interface Author {
  readonly name: string;
  /** The number of the last change that was given to the app, or made known to it. */
  last: number | undefined;
  /** When that change was made, in milliseconds since 1970. */
  lastAt: number;
  /** Whether an event of this author has been given to the app. */
  isHeard: boolean;
  /** Whether the author's changes come by the timeline. */
  inTimeline: boolean;
  /** Numbers up to `last` that were not given to the app: from and to, the lowest first. */
  skipped: Span[];
  /** Changes that came before their turn, by number. */
  held: Map<number, NumberedEvent>;
  /** The server has said that changes up to this number exist. */
  expected: number;
  /** When the server said so, by its clock. */
  expectedAt: number;
  /** When the hole behind `noticedBehind` was noticed. Undefined: there is none. */
  noticedAt: number | undefined;
  noticedBehind: number | undefined;
  /** When to ask for what is missing, or to let the first events through. Infinity: it was asked for. */
  dueAt: number;
  asks: number;
  /** How often it may be asked for. */
  maxAsks: number;
  /** From which id its channel is to be replayed. */
  since: string;
}

/** What is held of all authors of whom nothing is: most of them. */
const NOTHING = new Map<number, NumberedEvent>();

/** What was skipped of most authors. */
const NONE: Span[] = [];
/** So many spans of one author are told apart; beyond, numbers between the oldest count as skipped too. */
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
  noticedAt: undefined,
  noticedBehind: undefined,
  dueAt: 0,
  asks: 0,
  maxAsks: 0,
  since: '',
});

/** Keeps a change until it is its turn. */
export const hold = (author: Author, event: NumberedEvent): void => {
  if (author.held === NOTHING) author.held = new Map();
  author.held.set(event.seq, event);
};

/** The numbers up to this one are not waited for any more. */
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
