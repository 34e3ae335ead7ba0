import { type EdgeItem, NEVER, toEdge } from '../../../src/follows/edge.ts';
import { isFirstCount, isFirstReaction } from '../../../src/keys/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import { HEAD_IDS, type HeadItem, unpackIds } from '../../../src/thoughts/author-head.ts';

/** What the second edition keeps otherwise. */
export type FirstKind = 'thought' | 'head' | 'edge' | 'count' | 'reaction' | 'presence' | 'idempotency';

type Test = (item: Item & Record<string, unknown>) => boolean;

/** By an item's type: whether the first edition has written it, and nobody has migrated it. */
const TESTS: Record<string, [FirstKind, Test]> = {
  // In the index of all thoughts it stood in one partition, with all of its attributes.
  thought: ['thought', (item) => item.gsi1pk !== undefined || (!item.deletedAt && item.feedPk === undefined)],
  clock: ['head', () => true],
  head: ['head', (item) => !isFilled(item as unknown as HeadItem)],
  following: ['edge', (item) => toEdge(item as unknown as EdgeItem).warmFrom === NEVER],
  count: ['count', isFirstCount],
  reaction: ['reaction', isFirstReaction],
  presence: ['presence', (item) => item.entriesFrom === undefined],
  // It held the answer with the thought's text.
  idempotency: ['idempotency', (item) => item.answer !== undefined],
};

/** A head that leaves ids out keeps as many as it can. One that began with the second edition knows those since then only. */
const isFilled = ({ recent, more }: HeadItem): boolean =>
  recent !== undefined && (!more || unpackIds(recent).length >= HEAD_IDS);

/** What of the first edition an item is; undefined when it is as the second edition writes it. */
export const firstKindOf = (item: Item): FirstKind | undefined => {
  const [kind, isFirst] = Object.hasOwn(TESTS, item.type) ? (TESTS[item.type] ?? []) : [];
  return isFirst?.(item as Item & Record<string, unknown>) ? kind : undefined;
};
