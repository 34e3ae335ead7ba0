import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld, type MakeTable, type World } from '../world.ts';

const NAMES = ['alice', 'bob', 'carol'];
const PAIRS = NAMES.flatMap((a) => NAMES.filter((b) => b !== a).map((b): [string, string] => [a, b]));
const ACTIONS = ['follow', 'unfollow', 'block', 'unblock', 'mute', 'unmute'] as const;

interface Step {
  action: (typeof ACTIONS)[number];
  pair: [string, string];
}

const steps = fc.array(fc.record({ action: fc.constantFrom(...ACTIONS), pair: fc.constantFrom(...PAIRS) }), {
  maxLength: 30,
});

/** The same rules on plain sets. */
class Model {
  readonly follows = new Map<string, boolean>();
  readonly blocks = new Set<string>();

  apply({ action, pair: [a, b] }: Step): void {
    const [there, back] = [`${a} ${b}`, `${b} ${a}`];
    const isBlocked = this.blocks.has(there) || this.blocks.has(back);
    if (action === 'follow' && !isBlocked && !this.follows.has(there)) this.follows.set(there, false);
    if (action === 'unfollow') this.follows.delete(there);
    if (action === 'unblock') this.blocks.delete(there);
    if ((action === 'mute' || action === 'unmute') && this.follows.has(there))
      this.follows.set(there, action === 'mute');
    if (action === 'block') {
      this.blocks.add(there);
      this.follows.delete(there);
      this.follows.delete(back);
    }
  }
}

const apply = async ({ blocks, follows }: World, { action, pair: [a, b] }: Step): Promise<unknown> => {
  if (action === 'follow') return follows.follow(a, b);
  if (action === 'unfollow') return follows.unfollow(a, b);
  if (action === 'block') return blocks.block(a, b);
  if (action === 'unblock') return blocks.unblock(a, b);
  return follows.setMuted(a, b, action === 'mute');
};

/** What the store says, in a form that can be compared. */
const stateOf = async ({ follows, users }: World) => {
  const users_ = await Promise.all(NAMES.map((name) => users.get(name)));
  const relations = await Promise.all(
    PAIRS.map(async ([a, b]) => ({ a, b, relation: (await follows.relations(a, [b])).get(b) })),
  );
  const followers = await Promise.all(
    NAMES.map(async (name) => (await follows.followersOf(name, undefined, 10)).sort()),
  );
  return {
    relations,
    followers,
    counts: users_.map((user) => [user?.counts.followers, user?.counts.following]),
  };
};

type State = Awaited<ReturnType<typeof stateOf>>;

const expectedState = (edges: Map<string, boolean>, blocks: Set<string>): State => {
  const count = (test: (edge: string) => boolean) => [...edges.keys()].filter(test).length;
  return {
    relations: PAIRS.map(([a, b]) => ({
      a,
      b,
      relation: {
        follows: edges.has(`${a} ${b}`),
        muted: edges.get(`${a} ${b}`) ?? false,
        blocked: blocks.has(`${a} ${b}`) || blocks.has(`${b} ${a}`),
      },
    })),
    followers: NAMES.map((name) => NAMES.filter((other) => edges.has(`${other} ${name}`)).sort()),
    counts: NAMES.map((name) => [
      count((edge) => edge.endsWith(` ${name}`)),
      count((edge) => edge.startsWith(`${name} `)),
    ]),
  };
};

/** Any course of follows, mutes and blocks. @param runs how many courses */
export const followModelContract = (makeTable: MakeTable, runs: number) => {
  const freshWorld = async () => {
    const world = createWorld(await makeTable());
    for (const name of NAMES) await world.users.ensure(name);
    return world;
  };

  describe('any course of follows, mutes and blocks', () => {
    it('ends in the state of the model, counts included', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (course) => {
          const world = await freshWorld();
          const model = new Model();
          for (const step of course) {
            await apply(world, step);
            model.apply(step);
          }
          expect(await stateOf(world)).toEqual(expectedState(model.follows, model.blocks));
        }),
        { numRuns: runs },
      );
    });

    it('ends with counts that equal the number of edges when all steps run at once', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (course) => {
          const world = await freshWorld();
          for (let at = 0; at < course.length; at += 5) {
            await Promise.all(course.slice(at, at + 5).map((step) => apply(world, step)));
          }
          const state = await stateOf(world);
          const edges = new Map<string, boolean>();
          const blocks = new Set<string>();
          for (const { a, b, relation } of state.relations) {
            if (relation?.follows) edges.set(`${a} ${b}`, relation.muted);
            if (relation?.blocked) blocks.add(`${a} ${b}`);
            expect(relation?.follows && relation.blocked).toBe(false);
          }
          expect(state).toEqual(expectedState(edges, blocks));
        }),
        { numRuns: runs },
      );
    });
  });
};
