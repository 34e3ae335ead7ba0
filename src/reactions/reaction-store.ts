import * as z from 'zod/mini';
import type { Runtime } from '../runtime.ts';
import { countWrite } from '../table/counters.ts';
import { keys, lists } from '../table/keys.ts';
import type { Item, Table } from '../table/table.ts';
import type { ThoughtReference } from '../thoughts/thought.ts';
import { visibleCheck } from '../thoughts/thought-items.ts';

export const REACTION_KINDS = ['like', 'love', 'laugh', 'wow', 'sad'] as const;

export const NewReaction = z.strictObject({ kind: z.enum(REACTION_KINDS) });
export type ReactionKind = z.infer<typeof NewReaction>['kind'];

export type ReactOutcome = { kind: 'done' } | { kind: 'not_found' } | { kind: 'blocked' };

export interface Reaction {
  username: string;
  kind: ReactionKind;
}

type ReactionItem = Item & { type: 'reaction'; kind: ReactionKind; thoughtId: string };

/** One reaction of each user to each thought, and their number. */
export class ReactionStore {
  readonly #table: Table;
  readonly #runtime: Runtime;

  constructor(table: Table, runtime: Runtime) {
    this.#table = table;
    this.#runtime = runtime;
  }

  /** A second reaction takes the place of the first. */
  async react(username: string, { author, id }: ThoughtReference, kind: ReactionKind): Promise<ReactOutcome> {
    const key = keys.reaction(id, username);
    const item: ReactionItem = { ...key, type: 'reaction', kind, thoughtId: id };
    const first = await this.#table.write([
      { put: item, when: [{ attribute: 'pk', is: 'absent' }] },
      countWrite({ kind: 'thought', id }, 'reactions', 1, this.#runtime.random()),
      visibleCheck({ author, id }, this.#runtime.now()),
      ...(author === username
        ? []
        : [{ check: keys.block(author, username), when: [{ attribute: 'pk', is: 'absent' as const }] }]),
    ]);
    if (first.kind === 'written') return { kind: 'done' };
    if (first.refused.includes(2)) return { kind: 'not_found' };
    if (first.refused.includes(3)) return { kind: 'blocked' };
    await this.#table.write([{ update: key, set: { kind }, when: [{ attribute: 'pk', is: 'present' }] }]);
    return { kind: 'done' };
  }

  /** Taking back what is not there changes nothing. */
  async takeBack(username: string, id: string): Promise<void> {
    await this.#table.write([
      { delete: keys.reaction(id, username), when: [{ attribute: 'pk', is: 'present' }] },
      countWrite({ kind: 'thought', id }, 'reactions', -1, this.#runtime.random()),
    ]);
  }

  /** In the order of names. */
  async list(thoughtId: string, after: string | undefined, limit: number): Promise<Reaction[]> {
    const items = await this.#table.query<ReactionItem>({ ...lists.reactions(thoughtId), after, limit });
    return items.map(({ sk, kind }) => ({ username: sk, kind }));
  }
}
