import type { Thought } from '../../src/thoughts/thought.ts';
import { engineTable } from './engine-table.ts';
import type { Units } from './units.ts';
import { createWorld, first, post, times, type World } from './world.ts';

const HOUR = 3_600_000;
const TEXT = 'A thought of the length that people write when they write something short.';
const PAGE = { limit: 20 };
const TWENTY = times(20, (at) => at);

/** A place where alice has posted 30 thoughts on one topic, 30 replies stand to one of them, and 30 people follow her. */
const build = async () => {
  const { table, service } = await engineTable();
  const world = createWorld(table);
  const thoughts: Thought[] = [];
  for (const name of ['alice', 'bob', 'carol', 'dan']) await world.users.ensure(name);
  for (let at = 0; at < 30; at++) thoughts.push(await post(world, 'alice', `${TEXT} #sea`));
  const target = first(thoughts);
  for (const thought of thoughts) await world.timelines.addToFeeds(thought);
  for (let at = 0; at < 30; at++) {
    const reply = await post(world, 'bob', TEXT, { inReplyTo: { author: 'alice', id: target.id } });
    await world.timelines.addToFeeds(reply);
  }
  for (const name of times(30, (at) => `reader_${at}`)) {
    await world.users.ensure(name);
    await world.follows.follow(name, 'alice');
    await world.follows.follow('dan', name);
    await world.reactions.react(name, target, 'like');
  }
  const now = world.runtime.now();
  const connection = { connectionId: 'c1', username: 'bob', connectedAt: now, authExpiresAt: now + HOUR };
  await world.connections.add(connection);
  await world.presence.connected('bob', connection);
  // The cache of thoughts is of another process.
  return { world: createWorld(table, {}, world.runtime), target, last: thoughts.at(-1) ?? target, service };
};

/** What each pattern does, in an order in which each finds what it needs. */
const patterns = (target: Thought, last: Thought): Record<string, (world: World) => Promise<unknown>> => ({
  post_with_key: ({ thoughts }) => thoughts.create('alice', { text: TEXT }, { key: 'k', fingerprint: 'f' }),
  post_repeated: ({ thoughts }) => thoughts.create('alice', { text: TEXT }, { key: 'k', fingerprint: 'f' }),
  reply: (world) => post(world, 'bob', TEXT, { inReplyTo: { author: 'alice', id: target.id } }),
  topic_entry: ({ timelines }) => timelines.addToFeeds(last),
  edit: ({ thoughts }) => thoughts.edit('alice', last.id, { text: `${TEXT} #sea` }),
  delete: ({ thoughts }) => thoughts.delete('alice', last.id),
  thought: ({ thoughts }) => Promise.all([thoughts.get('alice', target.id), thoughts.counts(target.id)]),
  author_page: ({ lists }) => lists.of('alice').page(PAGE),
  feed_page: ({ lists }) => lists.all().page(PAGE),
  topic_page: ({ reader }) => reader.topic('sea').page(PAGE),
  replies_page: ({ reader }) => reader.replies(target.id).page(PAGE),
  user: ({ users }) => users.get('alice'),
  profile: ({ users }) => users.edit('alice', { bio: 'I think' }),
  mute: ({ follows }) => follows.setMuted('dan', 'reader_0', true),
  unfollow: ({ follows }) => follows.unfollow('dan', 'reader_0'),
  block: ({ blocks }) => blocks.block('carol', 'bob'),
  block_follower: ({ blocks }) => blocks.block('reader_1', 'dan'),
  unblock: ({ blocks }) => blocks.unblock('carol', 'bob'),
  relations_20: ({ ownRelations }) =>
    ownRelations.of(
      'dan',
      TWENTY.map((at) => `reader_${at}`),
    ),
  followers_page: ({ follows }) => follows.followersOf('alice', undefined, 20),
  following_page: ({ follows }) => follows.followingOf('dan', undefined, 20),
  react: ({ reactions }) => reactions.react('carol', target, 'like'),
  take_back: ({ reactions }) => reactions.takeBack('carol', target.id),
  own_reactions_20: ({ reactions }) =>
    reactions.ownOf(
      'reader_1',
      TWENTY.map((at) => target.id.replace(/..$/, String(at + 10))),
    ),
  reactions_page: ({ reactions }) => reactions.list(target.id, undefined, 20),
  subscribe: ({ connections }) => connections.subscribe('c1', 'topic:sea'),
  subscribe_30: ({ connections }) =>
    connections.subscribeAll(
      'c1',
      times(30, (at) => `topic:t${at}`),
    ),
  missed: ({ connections }) => connections.markMissed('c1', ['timeline']),
  lag_note: ({ lag }) => lag.note(60_000),
  lag_since: ({ lag, runtime }) => lag.since(runtime.now() - 60_000),
});

/** Units of the patterns that are no page of a timeline, and no fan-out. */
export const measurePatterns = async (): Promise<Record<string, Units>> => {
  const { world, target, last, service } = await build();
  const found: Record<string, Units> = {};
  for (const [name, work] of Object.entries(patterns(target, last))) {
    service.usage.clear();
    await work(createWorld(world.table, {}, world.runtime));
    found[name] = { reads: service.usage.total('read'), writes: service.usage.total('write') };
  }
  return found;
};
