import pMap from 'p-map';
import { OWN_SHARD } from '../../../src/counters/counters.ts';
import type { BlockItem } from '../../../src/follows/block-store.ts';
import { authorOfHead, feedKeys, keys, namesOfEdge } from '../../../src/keys/keys.ts';
import { type ReactionItem, reactedWrite } from '../../../src/reactions/reaction-store.ts';
import type { Stores } from '../../../src/stores.ts';
import { writeNamed } from '../../../src/table/named-writes.ts';
import { type Condition, type Item, type Table, TableBusyError } from '../../../src/table/table.ts';
import { HEAD_IDS, type HeadItem, packIds } from '../../../src/thoughts/author-head.ts';
import type { ThoughtItem } from '../../../src/thoughts/thought-items.ts';
import type { EntryItem } from '../../../src/timelines/timeline-store.ts';
import type { FirstKind } from './first-edition.ts';

export interface MigrationDependencies {
  table: Table;
  stores: Pick<Stores, 'advisor' | 'blocks' | 'counters' | 'follows' | 'lists'>;
  feedShards: number;
}

/** Brings one item to the second edition. It may have been brought there, changed or deleted meanwhile. */
type Step = (item: Item, deps: MigrationDependencies) => Promise<void>;

/** Sorts behind every id. */
const LAST = '~';
const TRIES = 20;
const MARKS_AT_ONCE = 16;
const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];

/** Each is one transaction, conditional on what it has read: whoever breaks off leaves no half of it. */
export const STEPS: Record<FirstKind, Step> = {
  async thought(item, { table, feedShards }) {
    const { pk, sk, id } = item as ThoughtItem;
    const when: Condition[] = [...PRESENT, { attribute: 'deletedAt', is: 'absent' }];
    await table.write([{ update: { pk, sk }, set: feedKeys(id, feedShards), remove: ['gsi1pk', 'gsi1sk'], when }]);
  },

  /** The head learns the greatest ids, unless its author changes something meanwhile: then from anew. */
  async head({ pk, sk }, { table, stores }) {
    const author = authorOfHead({ pk, sk });
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const head = await table.get<HeadItem>({ pk, sk }, { consistent: true });
      if (!head) return;
      const found = await stores.lists.references(author, { before: LAST, limit: HEAD_IDS + 1, consistent: true });
      const more = found.length > HEAD_IDS;
      const recent = packIds(found.slice(0, HEAD_IDS).map(({ id }) => id));
      const outcome = await table.write([
        {
          update: { pk, sk },
          set: { type: 'head', recent, ...(more && { more }) },
          remove: ['author', ...(more ? [] : ['more'])],
          when: [{ attribute: 'seq', is: '=', value: head.seq }],
        },
      ]);
      if (outcome.kind === 'written') return;
    }
    throw new TableBusyError(`${author} changes too much at once`);
  },

  /** The edge gets the cheaper kind, and is warm from a margin on. */
  async edge(item, { stores }) {
    const { follower, author } = namesOfEdge(item);
    await stores.follows.setDelivery(follower, author, await stores.advisor.forNew(follower, author));
  },

  /** The shard's numbers go where the second edition counts. */
  async count({ pk, sk }, { table }) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const shard = await table.get<Item & Record<string, number>>({ pk, sk }, { consistent: true });
      if (!shard) return;
      const { pk: _pk, sk: _sk, type: _type, ...counts } = shard;
      const numbers = Object.entries(counts) as [string, number][];
      const isSame = numbers.map(([attribute, value]): Condition => ({ attribute, is: '=', value }));
      const [, kind, name = ''] = pk.split('#');
      const of =
        kind === 'USER' ? ({ kind: 'user', username: name } as const) : ({ kind: 'thought', id: name } as const);
      const target = keys.count(of, sk === FIRST_SINGLE_WRITER ? OWN_SHARD : 0);
      const outcome = await table.write([
        { delete: { pk, sk }, when: [...PRESENT, ...isSame] },
        { update: target, set: { type: 'count' }, add: Object.fromEntries(numbers) },
      ]);
      if (outcome.kind === 'written') return;
    }
    throw new TableBusyError(`The counters of ${pk} change too fast`);
  },

  /** Whoever has reacted again since then has counted twice. */
  async reaction(item, { table, stores }) {
    const { pk, sk, ...rest } = item as Item & { thoughtId: string };
    const old = { delete: { pk, sk }, when: PRESENT };
    const put = { ...rest, ...keys.reaction(rest.thoughtId, sk) };
    const refused = await writeNamed(table, {
      ...{ old, put: { put, when: ABSENT } },
      reacted: reactedWrite(sk, rest.thoughtId),
    });
    if (!refused.has('put') || refused.has('old')) return;
    await stores.counters.move({ kind: 'thought', id: rest.thoughtId }, 'reactions', -1, (count, attempts) =>
      writeNamed(table, { old, count }, { attempts }),
    );
  },

  /** Nobody knows for which time this user's entries are complete: as after an absence, until seen again. */
  async presence({ pk, sk }, { table }) {
    await table.write([
      {
        update: { pk, sk },
        set: { entriesFrom: 0, entriesUntil: 0 },
        add: { version: 1 },
        remove: ['lastSeenAt', 'needsRebuild', 'rebuiltTo'],
        when: [...PRESENT, { attribute: 'entriesFrom', is: 'absent' }],
      },
    ]);
  },

  async idempotency(item, { table }) {
    const { pk, sk, answer } = item as Item & { answer: string };
    const set = { id: String(JSON.parse(answer).id) };
    await table.write([
      { update: { pk, sk }, set, remove: ['answer'], when: [{ attribute: 'answer', is: 'present' }] },
    ]);
  },
};

const FIRST_SINGLE_WRITER = '8';

/** A block has the keys of the follows that it forbids, and is counted. */
export const takeKeys = (item: Item, { stores }: MigrationDependencies): Promise<void> => {
  const { username, blocked } = item as BlockItem;
  return stores.blocks.takeKeys(username, blocked);
};

/**
 * Reactions of an earlier release have no item at the person, by which an erasure finds them.
 * @returns how many got one
 */
export const markReactions = async (items: Item[], { table }: MigrationDependencies): Promise<number> => {
  const reactions = items as ReactionItem[];
  const markOf = ({ sk, thoughtId }: ReactionItem) => keys.reacted(sk, thoughtId);
  const found = await table.batchGet(reactions.map(markOf), { consistent: true });
  const marked = new Set(found.map(({ pk, sk }) => `${pk} ${sk}`));
  const unmarked = reactions.filter((reaction) => !marked.has(`${markOf(reaction).pk} ${markOf(reaction).sk}`));
  const mark = ({ pk, sk, thoughtId }: ReactionItem) =>
    table.write([{ check: { pk, sk }, when: PRESENT }, reactedWrite(sk, thoughtId)]);
  await pMap(unmarked, mark, { concurrency: MARKS_AT_ONCE });
  return unmarked.length;
};

/** The first edition left the entries of deleted thoughts in topics and replies. @returns how many were taken away */
export const removeLeftOver = async (entries: EntryItem[], { table }: MigrationDependencies): Promise<number> => {
  const keyOf = ({ author, sk }: EntryItem) => keys.thought(author, sk);
  const found = await table.batchGet<ThoughtItem>(entries.map(keyOf), { consistent: true });
  const there = new Set(found.filter(({ deletedAt }) => deletedAt === undefined).map(({ pk, sk }) => `${pk} ${sk}`));
  const gone = entries.filter((entry) => !there.has(`${keyOf(entry).pk} ${keyOf(entry).sk}`));
  if (gone.length > 0) await table.batchWrite(gone.map(({ pk, sk }) => ({ delete: { pk, sk } })));
  return gone.length;
};
