import { expect } from 'vitest';
import { FanOut } from '../../src/fan-out/fan-out.ts';
import { PushBuffer } from '../../src/push/push-buffer.ts';
import { createWebSocketHandler } from '../../src/websocket/handler.ts';
import { Resumer } from '../../src/websocket/resume.ts';
import { socketsOf } from './fake-sockets.ts';
import { MemoryTable } from './memory-table.ts';
import { Side, steppedTable } from './stepped-table.ts';
import { TestRuntime } from './test-runtime.ts';
import { createWorld, post, SETTINGS } from './world.ts';

export const DAY = 86_400_000;
const MINUTE = 60_000;
const CID = 'socket-1';
/** More than either side has steps; a side that is over has no more. */
export const MAX_STEPS = 40;

/** What bob's app has in the end of the one thought that alice posts. */
export interface Outcome {
  thought: string;
  /** Ids of thoughts that a list or a replay gave. */
  read: string[];
  /** Ids of thoughts that were pushed while the socket was open. */
  heard: string[];
  /** Ids in bob's timeline when all is over. */
  timeline: string[];
}

/** Alice's side posts and fans out; bob's does what the test says. Both work on one table, a call at a time. */
const createScene = async () => {
  const table = new MemoryTable();
  const runtime = new TestRuntime();
  const outside = createWorld(table, {}, runtime);
  const [alice, bob] = [new Side(), new Side()];
  const read: string[] = [];
  const heard: string[] = [];
  let thought = '';
  let isOpen = false;

  const fanOutSide = (side: Side) => {
    const world = createWorld(steppedTable(table, side), {}, runtime);
    const fanOut = new FanOut({ ...world, settings: SETTINGS.fanOut });
    const run = async (change: Parameters<FanOut['handle']>[0]) => {
      const pushBuffer = new PushBuffer();
      await fanOut.handle(change, { pushBuffer, hasTime: () => true, deadline: Number.POSITIVE_INFINITY });
      await side.turn();
      // A frame to a socket that has not opened yet is a 410. The real one is sent again; here it is lost.
      for (const { connection, events } of pushBuffer.take()) {
        if (isOpen && connection.connectionId === CID) heard.push(...events.map(({ thoughtId }) => thoughtId));
      }
    };
    return { world, run };
  };

  const bobWorld = createWorld(steppedTable(table, bob), {}, runtime);
  const handler = createWebSocketHandler({
    ...bobWorld,
    resumer: new Resumer(bobWorld),
    runtime,
    ...socketsOf(bobWorld),
  });
  const send = (routeKey: string, body?: object, ticket?: string) =>
    handler({
      requestContext: { routeKey, connectionId: CID },
      ...(body && { body: JSON.stringify(body) }),
      ...(ticket && { queryStringParameters: { ticket } }),
    } as unknown as Parameters<typeof handler>[0]);

  const connect = async (ticket: string) => {
    const { statusCode } = await send('$connect', undefined, ticket);
    if (statusCode !== 200) throw new Error(`The handshake was answered ${statusCode}`);
    await bob.turn();
    isOpen = true;
  };

  return {
    ...outside,
    runtime,
    alice,
    bob,
    bobWorld,
    ticket: () => outside.tickets.issue({ username: 'bob', authExpiresAt: runtime.now() + DAY }),
    /** The post, and what the stream makes of it. */
    postAndFanOut: async () => {
      const { world, run } = fanOutSide(alice);
      const posted = await post(world, 'alice');
      thought = posted.id;
      const change = { author: 'alice', id: posted.id, version: 1, at: posted.createdAt };
      await run({ kind: 'thought', change, topicsBefore: [] });
    },
    runFollowing: () => fanOutSide(bob).run({ kind: 'following', follower: 'bob' }),
    connect,
    readTimeline: async () => {
      const { thoughts } = await bobWorld.reader.timelinePage('bob', { limit: 10 });
      read.push(...thoughts.map(({ id }) => id));
    },
    resume: async (since: string) => {
      const answer = await send('$default', { action: 'resume', channel: 'timeline', since });
      const { events } = JSON.parse(answer.body ?? '') as { events: { thoughtId: string }[] };
      read.push(...events.map(({ thoughtId }) => thoughtId));
    },
    outcome: async (): Promise<Outcome> => {
      const { thoughts } = await outside.reader.timelinePage('bob', { limit: 10 });
      return { thought, read, heard, timeline: thoughts.map(({ id }) => id) };
    },
  };
};

export type Scene = Awaited<ReturnType<typeof createScene>>;

/** Sets a stage, and gives what bob does on it. */
export type Play = (scene: Scene) => Promise<() => Promise<unknown>>;

/** Runs both sides; the schedule says who goes next, a side that is over leaves the turn to the other. */
export const perform = async (play: Play, schedule: Iterable<'alice' | 'bob'>): Promise<Outcome> => {
  const scene = await createScene();
  const { alice, bob } = scene;
  const bobDoes = await play(scene);
  await alice.begin(scene.postAndFanOut);
  await bob.begin(bobDoes);
  for (const name of schedule) await scene[name].step();
  await Promise.all([alice.finish(), bob.finish()]);
  return scene.outcome();
};

const turns = (name: 'alice' | 'bob', count: number) => Array<'alice' | 'bob'>(count).fill(name);

/** How many steps a side has when nobody comes in between. */
const stepsOf = async (play: Play, name: 'alice' | 'bob'): Promise<number> => {
  const scene = await createScene();
  const bobDoes = await play(scene);
  await scene[name].begin(name === 'alice' ? scene.postAndFanOut : bobDoes);
  let steps = 0;
  while (await scene[name].step()) steps++;
  expect(steps).toBeLessThan(MAX_STEPS);
  return steps;
};

/** Bob has been here before, and has followed alice for long enough that the timeline relies on entries. */
export const followed = async ({ users, follows, presence, runtime }: Scene): Promise<void> => {
  for (const name of ['alice', 'bob']) await users.ensure(name);
  await presence.seen('bob');
  await follows.follow('bob', 'alice');
  runtime.pass(2 * MINUTE);
};

/** Stops each side after each of its steps, and lets the other go on from each of its own. */
export const everyStop = async (play: Play, check: (outcome: Outcome) => void): Promise<void> => {
  const [aliceSteps, bobSteps] = [await stepsOf(play, 'alice'), await stepsOf(play, 'bob')];
  expect(Math.min(aliceSteps, bobSteps)).toBeGreaterThan(0);
  for (let stop = 0; stop <= aliceSteps; stop++) {
    for (let goOn = 0; goOn <= bobSteps; goOn++) {
      check(await perform(play, [...turns('alice', stop), ...turns('bob', goOn), ...turns('alice', aliceSteps)]));
      check(await perform(play, [...turns('bob', goOn), ...turns('alice', stop), ...turns('bob', bobSteps)]));
    }
  }
};
