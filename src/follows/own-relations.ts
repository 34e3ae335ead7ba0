import { keys } from '../table/keys.ts';
import type { Table } from '../table/table.ts';
import { isFollow } from './edge.ts';

/** What a person has done about another one. Whom the others have blocked is theirs to know. */
export interface OwnRelation {
  username: string;
  follows: boolean;
  muted: boolean;
  blocked: boolean;
}

/** Tells people what they have done about others: to show the right buttons. */
export class OwnRelations {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** One read unit a name. Eventually consistent: what was changed within the last second may be missing. */
  async of(username: string, others: string[]): Promise<OwnRelation[]> {
    const wanted = others.flatMap((other) => [keys.following(username, other), keys.block(username, other)]);
    const found = new Map((await this.#table.batchGet(wanted)).map((item) => [item.sk, item]));
    return others.map((other) => {
      const edge = found.get(keys.following(username, other).sk);
      return {
        username: other,
        // What stands at this key may also be a block, by the other one too.
        follows: isFollow(edge),
        muted: isFollow(edge) && edge.muted,
        blocked: found.has(keys.block(username, other).sk),
      };
    });
  }
}
