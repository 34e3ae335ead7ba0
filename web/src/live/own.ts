import type { Api } from '../api/api.ts';
import { BatchLoader } from '../api/batch-loader.ts';
import type { OwnRelation } from '../api/types.ts';
import type { ReactionKind } from '../thoughts/reaction-kinds.ts';

/** The most names and ids in one call of the API. */
const MOST_NAMES = 25;
const MOST_THOUGHTS = 50;

/** The person's relations to others, by name. */
export const ownRelations = (api: Api) =>
  new BatchLoader<OwnRelation>(async (names) => {
    const { items } = await api.call('GET /users/me/relations', { query: { usernames: names.join() } });
    return new Map(items.map((item) => [item.username, item]));
  }, MOST_NAMES);

/** The person's reactions, by the thoughts' ids. */
export const ownReactions = (api: Api) =>
  new BatchLoader<ReactionKind>(async (ids) => {
    const { items } = await api.call('GET /users/me/reactions', { query: { thoughts: ids.join() } });
    return new Map(items.map(({ thoughtId, kind }) => [thoughtId, kind]));
  }, MOST_THOUGHTS);
