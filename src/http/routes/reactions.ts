import * as z from 'zod/mini';
import { NewReaction, REACTION_KINDS, type ReactionStore } from '../../reactions/reaction-store.ts';
import { ThoughtId } from '../../thoughts/thought.ts';
import type { ThoughtStore } from '../../thoughts/thought-store.ts';
import { Username } from '../../users/username.ts';
import { commaSeparated } from '../comma-separated.ts';
import { PageQuery, pageOf, pageRequest, pageView } from '../paging.ts';
import { Problem } from '../problems.ts';
import { route } from '../route.ts';

interface Dependencies {
  reactions: ReactionStore;
  thoughts: ThoughtStore;
}

const Params = z.object({ username: Username, id: ThoughtId });
const ReactionView = z.object({ username: z.string(), kind: z.enum(REACTION_KINDS) });
/** At most this many ids in one request: 50 of half a read unit each cost as much as a usual page, 25 read units. */
const MAX_OWN = 50;
const OwnReactionView = z.object({ thoughtId: ThoughtId, kind: z.enum(REACTION_KINDS) });

export const reactionRoutes = ({ reactions, thoughts }: Dependencies) => ({
  'PUT /users/{username}/thoughts/{id}/reaction': route({
    summary: 'React to a thought; the last reaction counts',
    auth: 'user',
    limit: 'reactions',
    params: Params,
    body: NewReaction,
    responses: { 204: 'Done' },
    problems: ['thought_not_found', 'blocked'],
    async handle({ params, body }, { username }) {
      const thought = { author: params.username, id: params.id };
      const outcome = await reactions.react(username, thought, body.kind);
      if (outcome.kind === 'not_found') throw new Problem('thought_not_found');
      if (outcome.kind === 'blocked') throw new Problem('blocked');
      return { status: 204 };
    },
  }),
  'DELETE /users/{username}/thoughts/{id}/reaction': route({
    summary: "Take one's reaction back",
    auth: 'user',
    limit: 'reactions',
    params: Params,
    responses: { 204: 'Done; the same when there was none' },
    async handle({ params }, { username }) {
      await reactions.takeBack(username, params.id);
      return { status: 204 };
    },
  }),
  'GET /users/me/reactions': route({
    summary: "One's own reactions to these thoughts, where there are any",
    auth: 'user',
    query: z.strictObject({ thoughts: commaSeparated(ThoughtId, 'Ids of thoughts', MAX_OWN) }),
    responses: { 200: z.object({ items: z.array(OwnReactionView) }) },
    handle: async ({ query }, { username }) => ({
      status: 200,
      body: { items: await reactions.ownOf(username, query.thoughts) },
    }),
  }),
  'GET /users/{username}/thoughts/{id}/reactions': route({
    summary: 'Who reacted to a thought, and how',
    auth: 'none',
    params: Params,
    query: PageQuery,
    responses: { 200: pageOf(ReactionView) },
    problems: ['invalid_cursor', 'thought_not_found'],
    async handle({ params: { username, id }, query }) {
      const list = `reactions to ${id}`;
      const { after, limit } = pageRequest(list, query);
      if (!(await thoughts.get(username, id))) throw new Problem('thought_not_found');
      const found = await reactions.list(id, after, limit);
      return {
        status: 200,
        body: pageView(
          list,
          query,
          found,
          (reaction) => reaction.username,
          (reaction) => reaction,
        ),
      };
    },
  }),
});
