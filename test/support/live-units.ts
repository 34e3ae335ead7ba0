import type { Delivery } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import { createStreamFunction } from '../../src/stream/function.ts';
import type { Item } from '../../src/table/table.ts';
import { createWebSocketHandler } from '../../src/websocket/handler.ts';
import { Resumer } from '../../src/websocket/resume.ts';
import { engineTable } from './engine-table.ts';
import { FakeSockets, socketsOf } from './fake-sockets.ts';
import { aRecord, batchOf, contextWith } from './stream.ts';
import type { Units } from './units.ts';
import { createWorld, post, times } from './world.ts';

const HOUR = 3_600_000;
const FOLLOWERS = 200;

/** Of a ticket, the connection that it opens, and its end. */
export const measureConnection = async (): Promise<Units> => {
  const { table, service } = await engineTable();
  const world = createWorld(table);
  const handler = createWebSocketHandler({
    ...world,
    resumer: new Resumer(world),
    ...socketsOf(world),
  });
  const call = (routeKey: string, ticket?: string) =>
    handler({
      requestContext: { routeKey, connectionId: 'c1' },
      ...(ticket !== undefined && { queryStringParameters: { ticket } }),
    } as never);
  await world.presence.seen('reader');
  service.usage.clear();
  const holder = { username: 'reader', authExpiresAt: world.runtime.now() + HOUR };
  await call('$connect', await world.tickets.issue(holder));
  await call('$disconnect');
  return { reads: service.usage.total('read'), writes: service.usage.total('write') };
};

/**
 * Of the fan-out of one thought: what it takes when nobody follows, and what each follower adds. The followers were here
 * lately, so that each of kind `entry` gets one, unless they are away.
 */
export const measureFanOut = async (
  delivery: Delivery,
  { isAway = false } = {},
): Promise<{ announce: Units; follower: Units }> => {
  const none = await fanOut(delivery, 0, isAway);
  const all = await fanOut(delivery, FOLLOWERS, isAway);
  const each = (kind: keyof Units) => (all[kind] - none[kind]) / FOLLOWERS;
  return { announce: none, follower: { reads: each('reads'), writes: each('writes') } };
};

const fanOut = async (delivery: Delivery, followers: number, isAway: boolean): Promise<Units> => {
  const { table, service } = await engineTable();
  const world = createWorld(table);
  await world.users.ensure('author');
  for (const name of times(followers, (at) => `reader_${String(at).padStart(4, '0')}`)) {
    if (!isAway) await world.presence.seen(name);
    const { kind } = await world.follows.follow(name, 'author', delivery);
    if (kind !== 'following') throw new Error(`${name} does not follow: ${kind}`);
  }
  const handler = createStreamFunction({
    ...world,
    sockets: new FakeSockets(),
    parking: { park: (_, error) => Promise.reject(error) },
  });
  const { id } = await post(world, 'author');
  const stored = await table.get<Item>(keys.thought('author', id));
  service.usage.clear();
  await handler(
    batchOf([aRecord(1, stored)]),
    contextWith(() => 60_000),
  );
  return { reads: service.usage.total('read'), writes: service.usage.total('write') };
};
