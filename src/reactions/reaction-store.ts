import * as z from 'zod/mini';
import type { Counters } from '../counters/counters.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import { keys, lists } from '../keys/keys.ts';
import { writeNamed } from '../table/named-writes.ts';
import type { Item, Key, Table, Write } from '../table/table.ts';
import type { ThoughtReference } from '../thoughts/thought.ts';
import type { ThoughtStore } from '../thoughts/thought-store.ts';

export const REACTION_KINDS = ['like', 'love', 'laugh', 'wow', 'sad'] as const;

export const NewReaction = z.strictObject({ kind: z.enum(REACTION_KINDS) });
export type ReactionKind = z.infer<typeof NewReaction>['kind'];

export type ReactOutcome = { kind: 'done' } | { kind: 'not_found' } | { kind: 'blocked' };

export interface Reaction {
  username: string;
  kind: ReactionKind;
}

export interface OwnReaction {
  thoughtId: string;
  kind: ReactionKind;
}

export type ReactionItem = Item & { type: 'reaction'; kind: ReactionKind; thoughtId: string };

interface Dependencies {
  table: Table;
  thoughts: ThoughtStore;
  follows: FollowStore;
  counters: Counters;
}

/** One reaction of each user to each thought, and their number. */
export class ReactionStore {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * A second reaction takes the place of the first. The thought and the blocks are read before, and not checked in the
   * transaction: on AWS, transactions that check the same item get in each other's way. A reaction in the moment of a
   * delete harms nobody.
   */
  async react(username: string, { author, id }: ThoughtReference, kind: ReactionKind): Promise<ReactOutcome> {
    const { counters, follows, table, thoughts } = this.#deps;
    const [thought, relations] = await Promise.all([thoughts.get(author, id), follows.relations(username, [author])]);
    if (!thought) return { kind: 'not_found' };
    if (relations.get(author)?.blocked) return { kind: 'blocked' };
    const key = keys.reaction(id, username);
    const item: ReactionItem = { ...key, type: 'reaction', kind, thoughtId: id };
    const refused = await counters.move({ kind: 'thought', id }, 'reactions', 1, (count, attempts) =>
      writeNamed(
        table,
        {
          reaction: { put: item, when: [{ attribute: 'pk', is: 'absent' }] },
          reacted: reactedWrite(username, id),
          count,
        },
        { attempts },
      ),
    );
    if (refused.has('reaction')) {
      await table.write([{ update: key, set: { kind }, when: [{ attribute: 'pk', is: 'present' }] }]);
    }
    return { kind: 'done' };
  }

  /** Taking back what is not there changes nothing. */
  async takeBack(username: string, id: string): Promise<void> {
    const { counters, table } = this.#deps;
    const take = (key: Key) =>
      counters.move({ kind: 'thought', id }, 'reactions', -1, (count, attempts) =>
        writeNamed(
          table,
          {
            reaction: { delete: key, when: [{ attribute: 'pk', is: 'present' as const }] },
            reacted: { delete: keys.reacted(username, id) },
            count,
          },
          { attempts },
        ),
      );
    const refused = await take(keys.reaction(id, username));
    // It may stand where the first edition has put it.
    if (refused.has('reaction')) await take(keys.firstReaction(id, username));
  }

  /**
   * Reads a person's own reactions to these thoughts. Costs half a read unit for each thought. The read is eventually
   * consistent: a reaction of about the last second may be missing.
   */
  async ownOf(username: string, thoughtIds: string[]): Promise<OwnReaction[]> {
    const items = await this.#deps.table.batchGet<ReactionItem>(thoughtIds.map((id) => keys.reaction(id, username)));
    return items.map(({ thoughtId, kind }) => ({ thoughtId, kind }));
  }

  /** In the order of names. */
  async list(thoughtId: string, after: string | undefined, limit: number): Promise<Reaction[]> {
    const parts = await Promise.all(
      lists.reactions(thoughtId).map((list) => this.#deps.table.query<ReactionItem>({ ...list, after, limit })),
    );
    const items = parts.flat().sort((a, b) => (a.sk < b.sk ? -1 : 1));
    return items.slice(0, limit).map(({ sk, kind }) => ({ username: sk, kind }));
  }
}

/** By this an erasure finds a person's reactions. */
export const reactedWrite = (username: string, thoughtId: string): Write => ({
  put: { ...keys.reacted(username, thoughtId), type: 'reacted' },
});
