import { edgeAttributes } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import type { Item } from '../../src/table/table.ts';
import { createWebSocketHandler } from '../../src/websocket/handler.ts';
import { Resumer } from '../../src/websocket/resume.ts';
import { measureConversations } from './conversation-units.ts';
import { engineTable } from './engine-table.ts';
import { socketsOf } from './fake-sockets.ts';
import { measureConnection, measureFanOut } from './live-units.ts';
import { measurePatterns } from './pattern-units.ts';
import { createWorld, post, times, type World } from './world.ts';

const DAY = 86_400_000;
const READER = 'reader';

/** Units by AWS's rules that one access pattern takes. */
export interface Units {
  reads: number;
  writes: number;
}

interface Scene {
  follows: number;
  push: number;
  /** How many days ago the reader was here last. */
  awayDays?: number;
  thoughtsEach?: number;
}

/** A reader with as many follows, whose authors have posted, on a table that counts units by AWS's rules. */
const build = async ({ follows, push, awayDays = 0, thoughtsEach = 6 }: Scene) => {
  const { table, service } = await engineTable();
  const world = createWorld(table, { delivery: { pushPostsPerDay: 1e9, pushFollowers: 1e9, maxPushEdges: 100 } });
  await world.users.ensure(READER);
  const since = world.runtime.now();
  const authors = times(follows, (at) => `author_${String(at).padStart(4, '0')}`);
  const edges = authors.map((author, at) => ({
    put: {
      ...keys.following(READER, author),
      type: 'following',
      ...edgeAttributes({
        ...{ follower: READER, author, muted: false, since, warmFrom: since },
        delivery: at < push ? 'push' : 'entry',
      }),
    } as Item,
  }));
  await table.batchWrite(edges);
  await world.presence.seen(READER);
  world.runtime.pass(2 * 60_000);
  for (let round = 0; round < thoughtsEach; round++) {
    for (const [at, author] of authors.entries()) {
      world.runtime.pass((5 * DAY) / follows / thoughtsEach);
      const { id } = await post(
        world,
        author,
        'A thought of the length that people write when they write something short.',
      );
      if (at >= push && awayDays === 0) await world.timelines.addToAll([READER], { author, id });
    }
  }
  // Seen again, so that the day's write of the presence is not counted.
  if (awayDays === 0) await world.presence.seen(READER);
  world.runtime.pass(awayDays * DAY);
  const measure = async (work: () => Promise<unknown>): Promise<Units> => {
    service.usage.clear();
    await work();
    return { reads: service.usage.total('read'), writes: service.usage.total('write') };
  };
  return { world, authors, measure };
};

const firstPage = (world: World) => world.reader.timelinePage(READER, { limit: 20 });

/** What each access pattern takes. The names are those of the figures. */
export const measureUnits = async (): Promise<Record<string, Units>> => {
  const found: Record<string, Units> = {};
  const warm = await build({ follows: 200, push: 0 });
  found.page_warm = await warm.measure(() => firstPage(warm.world));
  let after: string | undefined;
  for (let page = 1; page < 50; page++) {
    after = (await warm.world.reader.timelinePage(READER, { limit: 20, after })).next;
  }
  found.page_50 = await warm.measure(() => warm.world.reader.timelinePage(READER, { limit: 20, after }));
  const resumer = new Resumer(warm.world);
  const since = warm.world.runtime.newId();
  found.resume_nothing_new = await warm.measure(() => resumer.resume({ username: READER, channel: 'timeline', since }));
  found.ping_full = await warm.measure(async () => {
    const opened = await resumer.open(READER);
    await resumer.newest(READER, undefined, { opened });
    await resumer.sourcesOf(READER, opened);
    await resumer.lastSequenceNumbers({ username: READER, connectionId: 'c1' }, warm.authors.slice(0, 100), opened);
  });
  found.ping_idle = await idlePing(warm);
  found.post = await warm.measure(() => post(warm.world, 'author_0001', 'One more thought'));
  await warm.world.users.ensure('another');
  found.follow = await warm.measure(async () => {
    await warm.world.follows.follow(READER, 'another', await warm.world.advisor.forNew(READER, 'another'));
  });
  found.entry = await warm.measure(() =>
    warm.world.timelines.addToAll([READER], { author: 'another', id: warm.world.runtime.newId() }),
  );
  const some = await build({ follows: 200, push: 20 });
  found.page_20_push = await some.measure(() => firstPage(some.world));
  const many = await build({ follows: 200, push: 100 });
  found.page_100_push = await many.measure(() => firstPage(many.world));
  const most = await build({ follows: 400, push: 400, thoughtsEach: 1 });
  found.page_400_push = await most.measure(() => firstPage(most.world));
  const away = await build({ follows: 200, push: 0, awayDays: 365 });
  found.page_after_absence = await away.measure(() => firstPage(away.world));
  const large = await build({ follows: 2_000, push: 0, thoughtsEach: 1 });
  found.page_2000_follows = await large.measure(() => firstPage(large.world));
  found.connection = await measureConnection();
  const entries = await measureFanOut('entry');
  found.announce = entries.announce;
  found.follower_entry = entries.follower;
  found.follower_push = (await measureFanOut('push')).follower;
  found.follower_away = (await measureFanOut('entry', { isAway: true })).follower;
  Object.assign(found, await measurePatterns(), await measureConversations());
  return found;
};

const idlePing = async ({ world, measure }: Awaited<ReturnType<typeof build>>): Promise<Units> => {
  const now = world.runtime.now();
  const live = { connectionId: 'c1', connectedAt: now, authExpiresAt: now + DAY };
  await world.connections.add({ username: READER, ...live });
  await world.presence.connected(READER, live);
  const handler = createWebSocketHandler({
    ...world,
    resumer: new Resumer(world),
    ...socketsOf(world),
  });
  const event = { requestContext: { routeKey: '$default', connectionId: 'c1' }, body: '{"action":"ping"}' };
  return measure(() => handler(event as never));
};
