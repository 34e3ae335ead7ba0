/** Slices are 32-bit numbers, written as eight hex digits at the start of a sort key. */
export const SLICES = 2 ** 32;

/** A part of an audience: the members whose slice is in `[from, to)`, behind the sort key `after` if there is one. */
export interface KeyRange {
  from: number;
  to: number;
  after?: string | undefined;
}

export const WHOLE_RANGE: KeyRange = { from: 0, to: SLICES };

const hex = (slice: number): string => slice.toString(16).padStart(8, '0');

/** A range in words, and its own name in a task's key. */
export const rangeName = ({ from, to, after }: KeyRange): string =>
  `${hex(from)}-${hex(to - 1)}${after ? `>${after}` : ''}`;

/** The sort keys of a range, both ends included. `~` sorts behind every character of a member's name. */
export const sortKeys = ({ from, to }: KeyRange): { from: string; to: string } => ({
  from: hex(from),
  to: `${hex(to - 1)}~`,
});

/** The slice at the start of a member's sort key: it sorts before all members of the slice, and names none. */
export const sliceOfMember = (sortKey: string): string => sortKey.slice(0, 8);

const sliceOf = (sortKey: string): number => Number.parseInt(sliceOfMember(sortKey), 16);

/**
 * Cuts what is left of a range into even slices. How many depends on how dense the delivered part was: no more than
 * hold a page each, and at most `width`.
 * @param last the sort key of the last member that was delivered
 * @param delivered how many members stood between the range's start and `last`
 */
export const splitRest = (
  range: KeyRange,
  last: string,
  delivered: number,
  { pageSize, width }: { pageSize: number; width: number },
): KeyRange[] => {
  const start = sliceOf(last);
  const covered = Math.max(1, start - (range.after ? sliceOf(range.after) : range.from) + 1);
  const left = range.to - start;
  const expected = (delivered * left) / covered;
  const parts = Math.max(1, Math.min(width, Math.ceil(expected / pageSize), left));
  const cut = (part: number) => start + Math.floor((left * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({
    from: cut(part),
    to: cut(part + 1),
    ...(part === 0 && { after: last }),
  }));
};
