import type { Reference } from './page.ts';
import { isVisible, type Thought } from './thought.ts';
import type { ThoughtCache } from './thought-cache.ts';

export interface HydrationOptions {
  /** Milliseconds since 1970. */
  now: number;
  /** Give deleted thoughts too, as tombstones. */
  tombstones?: boolean | undefined;
  /** Whose thoughts are read consistently; the others may be as a replica has them. */
  isFresh?: (reference: Reference) => boolean;
}

/** Whether a list shows a thought now. */
export const isListed = (thought: Thought, { now, tombstones }: HydrationOptions): boolean =>
  isVisible(thought, now) || (tombstones === true && thought.deletedAt !== undefined);

/**
 * The thoughts of these references that may be seen, in their order. Eventually consistent reads cost half; what a
 * replica does not have yet is asked for again, consistently.
 */
export const hydrate = async (
  cache: ThoughtCache,
  references: Reference[],
  options: HydrationOptions,
): Promise<Thought[]> => {
  const found = new Map<string, Thought>();
  for (const { id, thought } of references) if (thought) found.set(id, thought);
  const get = async (wanted: Reference[], consistent: boolean) => {
    if (wanted.length === 0) return;
    for (const thought of await cache.get(wanted, { consistent })) found.set(thought.id, thought);
  };
  const { isFresh = () => false } = options;
  const missing = () => references.filter(({ id }) => !found.has(id));
  const { fresh = [], other = [] } = Object.groupBy(missing(), (one) => (isFresh(one) ? 'fresh' : 'other'));
  await Promise.all([get(fresh, true), get(other, false)]);
  await get(
    missing().filter((reference) => !isFresh(reference)),
    true,
  );
  return references.flatMap(({ id }) => found.get(id) ?? []).filter((thought) => isListed(thought, options));
};
