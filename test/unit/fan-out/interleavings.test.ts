import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY,
  everyStop,
  followed,
  MAX_STEPS,
  type Outcome,
  type Play,
  perform,
  type Scene,
} from '../../support/interleaved-scene.ts';
import { post } from '../../support/world.ts';

const PLAYS: [string, Play][] = [
  [
    'connects and reads the timeline',
    async (scene) => {
      await followed(scene);
      const ticket = await scene.ticket();
      return async () => {
        await scene.connect(ticket);
        await scene.readTimeline();
      };
    },
  ],
  [
    'connects again and resumes',
    async (scene) => {
      await followed(scene);
      const before = await post(scene, 'alice', 'what bob has already');
      await scene.timelines.addToAll(['bob'], before);
      const ticket = await scene.ticket();
      return async () => {
        await scene.connect(ticket);
        await scene.resume(before.id);
      };
    },
  ],
  [
    'comes back after 40 days',
    async (scene) => {
      await followed(scene);
      scene.runtime.pass(40 * DAY);
      const ticket = await scene.ticket();
      return async () => {
        await scene.connect(ticket);
        await scene.readTimeline();
      };
    },
  ],
];

/** Every single stop is tried; of the orders with more of them, so many. RUNS=3000 for a long look. */
const RUNS = Number(process.env.RUNS ?? 60);

describe.each(PLAYS)('a follower who %s while a thought is fanned out', (_name, play) => {
  const expectNothingLost = ({ thought, read, heard, timeline }: Outcome) => {
    expect([...read, ...heard]).toContain(thought);
    expect(timeline.filter((id) => id === thought)).toHaveLength(1);
    expect(heard.length).toBeLessThanOrEqual(1);
  };

  it('gets it, wherever either side is stopped and the other goes on', async () => {
    let gotByPush = 0;
    let gotByReading = 0;
    await everyStop(play, (outcome) => {
      expectNothingLost(outcome);
      if (outcome.heard.length > 0) gotByPush++;
      if (outcome.read.includes(outcome.thought)) gotByReading++;
    });
    // Both ways were taken, or the schedules prove nothing.
    expect(Math.min(gotByPush, gotByReading)).toBeGreaterThan(0);
  });

  it('gets it in any other order of the steps', async () => {
    const name = fc.constantFrom<'alice' | 'bob'>('alice', 'bob');
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 2 * MAX_STEPS }), async (schedule) => {
        expectNothingLost(await perform(play, schedule));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a reader who changes whom to hear while a thought is fanned out', () => {
  it('has the thought once in the timeline after following', async () => {
    const play: Play = async (scene) => {
      for (const name of ['alice', 'bob']) await scene.users.ensure(name);
      await scene.presence.seen('bob');
      return async () => {
        await scene.bobWorld.follows.follow('bob', 'alice');
        await scene.runFollowing();
      };
    };
    await everyStop(play, ({ thought, timeline }) => expect(timeline).toEqual([thought]));
  });

  it.each<[string, (scene: Scene) => Promise<unknown>]>([
    ['unfollowing', ({ bobWorld }) => bobWorld.follows.unfollow('bob', 'alice')],
    ['muting', ({ bobWorld }) => bobWorld.follows.setMuted('bob', 'alice', true)],
    ['blocking', ({ bobWorld }) => bobWorld.blocks.block('bob', 'alice')],
  ])('never sees it in a list after %s', async (_name, change) => {
    const play: Play = async (scene) => {
      await followed(scene);
      return () => change(scene);
    };
    await everyStop(play, ({ timeline }) => expect(timeline).toEqual([]));
  });
});
