import { keys } from '../keys/keys.ts';
import type { Table } from '../table/table.ts';
import { isFollow } from './edge.ts';

/** A person's follow, mute and block of somebody else. It never tells whether the other one has blocked the person. */
export interface OwnRelation {
  username: string;
  follows: boolean;
  muted: boolean;
  blocked: boolean;
}

interface Dependencies {
  table: Table;
}

/** Reads a person's own relations to others, so that a page can show the right buttons. */
export class OwnRelations {
  readonly #table: Table;

  constructor({ table }: Dependencies) {
    this.#table = table;
  }

  /** Costs 1 read unit for each name. The read is eventually consistent: changes of about the last second may be missing. */
  async of(username: string, others: string[]): Promise<OwnRelation[]> {
    const wanted = others.flatMap((other) => [keys.following(username, other), keys.block(username, other)]);
    const found = new Map((await this.#table.batchGet(wanted)).map((item) => [item.sk, item]));
    return others.map((other) => {
      const edge = found.get(keys.following(username, other).sk);
      return {
        username: other,
        // The item at this key may also be a block, and either of the two may have made it.
        follows: isFollow(edge),
        muted: isFollow(edge) && edge.muted,
        blocked: found.has(keys.block(username, other).sk),
      };
    });
  }
}
