import * as z from 'zod/mini';
import { type BlockStore, MAX_BLOCKS } from '../../follows/block-store.ts';
import type { DeliveryAdvisor } from '../../follows/delivery-advisor.ts';
import { type FollowStore, MAX_FOLLOWS } from '../../follows/follow-store.ts';
import type { OwnRelations } from '../../follows/own-relations.ts';
import { ProfileEdit, type UserStore, type UserWithCounts } from '../../users/user-store.ts';
import { Username } from '../../users/username.ts';
import { commaSeparated } from '../comma-separated.ts';
import { PageQuery, pageOf, pageRequest, pageView } from '../paging.ts';
import { Problem, type ProblemCode } from '../problems.ts';
import { type Answer, type Caller, route } from '../route.ts';

interface Dependencies {
  users: UserStore;
  follows: FollowStore;
  blocks: BlockStore;
  ownRelations: OwnRelations;
  advisor: DeliveryAdvisor;
}

const UserView = z
  .object({
    username: z.string(),
    name: z.string(),
    bio: z.string(),
    createdAt: z.string().check(z.meta({ format: 'date-time' })),
    counts: z.object({ followers: z.int(), following: z.int(), thoughts: z.int() }),
  })
  .check(z.meta({ id: 'User' }));

const toUserView = (user: UserWithCounts): z.infer<typeof UserView> => ({
  ...user,
  createdAt: new Date(user.createdAt).toISOString(),
});

const OwnRelationView = z
  .object({ username: z.string(), follows: z.boolean(), muted: z.boolean(), blocked: z.boolean() })
  .check(z.meta({ id: 'OwnRelation' }));

/** At most this many names in one request: at 1 read unit each they cost as much as a usual page, 25 read units. */
const MAX_RELATIONS = 25;

const UserParams = z.object({ username: Username });
const userPage = pageOf(z.object({ username: z.string() }));
const DONE: Answer = { status: 204 };

export const userRoutes = ({ users, follows, blocks, ownRelations, advisor }: Dependencies) => {
  const userAnswer = async (username: string): Promise<Answer> => {
    const user = await users.get(username);
    if (!user) throw new Problem('unknown_user');
    return { status: 200, body: toUserView(user) };
  };

  /** A route that puts something between the caller and another user, or takes it away. */
  const edgeRoute = (
    summary: string,
    problems: ProblemCode[],
    change: (caller: string, other: string) => Promise<ProblemCode | undefined>,
  ) =>
    route({
      summary,
      auth: 'user',
      limit: 'follows',
      params: UserParams,
      responses: { 204: 'Done; the same when it was so before' },
      problems: ['cannot_follow_self', ...problems],
      async handle({ params }, { username }: Caller) {
        if (params.username === username) throw new Problem('cannot_follow_self');
        const problem = await change(username, params.username);
        if (problem) throw new Problem(problem);
        return DONE;
      },
    });

  /** A route that lists usernames. */
  const namesRoute = (
    summary: string,
    name: string,
    read: (username: string, after: string | undefined, limit: number) => Promise<string[]>,
  ) =>
    route({
      summary,
      auth: 'none',
      params: UserParams,
      query: PageQuery,
      responses: { 200: userPage },
      problems: ['invalid_cursor', 'unknown_user'],
      async handle({ params: { username }, query }) {
        const list = `${name} ${username}`;
        const { after, limit } = pageRequest(list, query);
        const found = await read(username, after, limit);
        if (found.length === 0 && !(await users.exists(username))) throw new Problem('unknown_user');
        return {
          status: 200,
          body: pageView(
            list,
            query,
            found,
            (name) => name,
            (name) => ({ username: name }),
          ),
        };
      },
    });

  const unlessUnknown = async (username: string, change: () => Promise<void>): Promise<ProblemCode | undefined> => {
    if (!(await users.exists(username))) return 'unknown_user';
    await change();
    return undefined;
  };

  const mute = (muted: boolean) => async (caller: string, other: string) => {
    const outcome = await follows.setMuted(caller, other, muted);
    return outcome.kind === 'not_following' ? 'not_following' : undefined;
  };

  return {
    'GET /users/{username}': route({
      summary: 'A user, with counts',
      auth: 'none',
      params: UserParams,
      responses: { 200: UserView },
      problems: ['unknown_user'],
      handle: ({ params }) => userAnswer(params.username),
    }),

    'GET /users/me': route({
      summary: 'Oneself, with counts',
      auth: 'user',
      responses: { 200: UserView },
      problems: ['unknown_user'],
      handle: (_, { username }) => userAnswer(username),
    }),

    'PUT /users/me': route({
      summary: "Change one's own name or bio",
      auth: 'user',
      limit: 'profile',
      body: ProfileEdit,
      responses: { 200: UserView },
      problems: ['unknown_user'],
      async handle({ body }, { username }) {
        await users.edit(username, body);
        return userAnswer(username);
      },
    }),

    'GET /users/me/relations': route({
      summary: 'Whom of these one follows, has muted or has blocked oneself',
      auth: 'user',
      query: z.strictObject({ usernames: commaSeparated(Username, 'Usernames', MAX_RELATIONS) }),
      responses: { 200: z.object({ items: z.array(OwnRelationView) }) },
      handle: async ({ query }, { username }) => ({
        status: 200,
        body: { items: await ownRelations.of(username, query.usernames) },
      }),
    }),

    'PUT /users/{username}/follow': edgeRoute(
      `Follow a user; at most ${MAX_FOLLOWS}`,
      ['unknown_user', 'blocked', 'too_many_follows'],
      async (caller, other) => {
        const outcome = await follows.follow(caller, other, await advisor.forNew(caller, other));
        if (outcome.kind === 'too_many') return 'too_many_follows';
        return outcome.kind === 'following' ? undefined : outcome.kind;
      },
    ),
    'DELETE /users/{username}/follow': edgeRoute('Unfollow a user', ['unknown_user'], (caller, other) =>
      unlessUnknown(other, () => follows.unfollow(caller, other)),
    ),
    'PUT /users/{username}/mute': edgeRoute('Hear nothing of a followed user', ['not_following'], mute(true)),
    'DELETE /users/{username}/mute': edgeRoute('Hear of a muted user again', ['not_following'], mute(false)),
    'PUT /users/{username}/block': edgeRoute(
      `Block a user: no follow, no reply; at most ${MAX_BLOCKS}`,
      ['unknown_user', 'too_many_blocks'],
      async (caller, other) => {
        if (!(await users.exists(other))) return 'unknown_user';
        const outcome = await blocks.block(caller, other);
        return outcome.kind === 'too_many' ? 'too_many_blocks' : undefined;
      },
    ),
    'DELETE /users/{username}/block': edgeRoute('Unblock a user', ['unknown_user'], (caller, other) =>
      unlessUnknown(other, () => blocks.unblock(caller, other)),
    ),

    'GET /users/{username}/followers': namesRoute("A user's followers", 'followers of', (...page) =>
      follows.followersOf(...page),
    ),
    'GET /users/{username}/following': namesRoute('Whom a user follows', 'followed by', (...page) =>
      follows.followingOf(...page),
    ),
  };
};
