import * as z from 'zod/mini';
import { decodeCursor, encodeCursor } from '../keys/cursors.ts';
import type { Page, PageRequest } from '../thoughts/page.ts';
import { type ThoughtView, toThoughtView } from '../thoughts/thought-view.ts';
import { Problem } from './problems.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

const Limit = z._default(
  z.pipe(
    z.string().check(z.meta({ type: 'integer', minimum: 1, maximum: MAX_LIMIT })),
    z.pipe(
      z.transform((text: string) => (/^\d{1,4}$/.test(text) ? Number(text) : Number.NaN)),
      z.number(`must be a whole number from 1 to ${MAX_LIMIT}`).check(z.gte(1), z.lte(MAX_LIMIT)),
    ),
  ),
  DEFAULT_LIMIT,
);

const page = {
  cursor: z.optional(z.string().check(z.maxLength(500), z.meta({ description: '`next` of the page before' }))),
  limit: Limit,
};

/** The query of a list that is read in one direction. */
export const PageQuery = z.strictObject(page);

/** The query of a list of thoughts, which can be read from either end. */
export const OrderedPageQuery = z.strictObject({ ...page, order: z._default(z.enum(['newest', 'oldest']), 'newest') });

interface PageParameters {
  cursor?: string | undefined;
  limit: number;
  order?: 'newest' | 'oldest';
}

/**
 * Where a page of a list starts. A cursor goes with its list and its direction.
 * @throws Problem `invalid_cursor`
 */
export const pageRequest = (list: string, { cursor, limit, order = 'newest' }: PageParameters): PageRequest => {
  const oldestFirst = order === 'oldest';
  if (cursor === undefined) return { limit, oldestFirst };
  const decoded = decodeCursor(`${list} ${order}`, cursor);
  if (decoded.kind === 'invalid') throw new Problem('invalid_cursor');
  return { after: decoded.position, limit, oldestFirst };
};

/** The cursor of a place in a list. */
export const cursorOf = (list: string, position: string, order: 'newest' | 'oldest' = 'newest'): string =>
  encodeCursor(`${list} ${order}`, position);

/** A page with the cursor of the next one; none when the list ended on this one. */
export const pageView = <Entry, View>(
  list: string,
  { limit, order = 'newest' }: PageParameters,
  entries: Entry[],
  positionOf: (entry: Entry) => string,
  toView: (entry: Entry) => View,
): { items: View[]; next?: string } => {
  const last = entries.at(-1);
  const hasMore = entries.length === limit && last !== undefined;
  return {
    items: entries.map(toView),
    ...(hasMore && { next: cursorOf(list, positionOf(last), order) }),
  };
};

/** A page of thoughts. A short or empty page may have a `next`. */
export const thoughtPageView = (
  list: string,
  { order = 'newest' }: PageParameters,
  { thoughts, next }: Page,
): { items: ThoughtView[]; next?: string } => ({
  items: thoughts.map(toThoughtView),
  ...(next !== undefined && { next: cursorOf(list, next, order) }),
});

/** The schema of a page. */
export const pageOf = (item: z.ZodMiniType) => z.object({ items: z.array(item), next: z.optional(z.string()) });
