import { toEdge } from '../../../src/follows/edge.ts';
import { keys } from '../../../src/keys/keys.ts';
import type { Page, PageRequest } from '../../../src/thoughts/page.ts';
import { isVisible, type Thought } from '../../../src/thoughts/thought.ts';
import { everyPage, ids } from '../pages.ts';
import { USERS } from './commands.ts';
import type { Host } from './hosts.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;

/**
 * Holds a world at rest against the plain definition: a timeline is the visible thoughts of those whom one follows and
 * has not muted, and one's own. @throws Error that says what differs
 */
export const check = async (world: World, at: number, sizes: number[]): Promise<void> => {
  const host = world.host(at);
  const now = host.runtime.now();
  const edges = edgesOf(world);
  // Hosts do not agree on the second in which a thought vanishes.
  const isAtItsEnd = ({ expiresAt = 0 }: Thought) => Math.abs(expiresAt * 1000 - now) < MINUTE;
  const all = world
    .thoughts()
    .filter((thought) => !isAtItsEnd(thought))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  for (const user of USERS) {
    const heard = new Set([
      user,
      ...edges.filter(({ follower, muted }) => follower === user && !muted).map(({ author }) => author),
    ]);
    const belonging = all.filter(({ author }) => heard.has(author));
    const visible = ids(belonging.filter((thought) => isVisible(thought, now)));
    const isSteady = (id: string) => !world.thoughts().some((thought) => thought.id === id && isAtItsEnd(thought));
    const read = async (request: Pick<PageRequest, 'oldestFirst'>) =>
      (await readAll(host, user, sizes, request)).filter(isSteady);
    mustBe(`${user}'s timeline`, await read({}), visible);
    mustBe(`${user}'s timeline, oldest first`, await read({ oldestFirst: true }), visible.toReversed());
    await checkLive(world, host, user, visible);
    const missed = world.clients.missed(user, visible);
    if (missed.length > 0) throw new Error(`${user} has missed in silence: ${missed.join(' ')}`);
  }
};

/** Before replicas have caught up: what is one's own, or has an entry, is in the list all the same. */
export const checkEarly = async (world: World, at: number): Promise<void> => {
  const host = world.host(at);
  const now = host.runtime.now();
  const edges = edgesOf(world);
  for (const user of USERS) {
    const isHeard = (author: string) =>
      author === user || edges.some((edge) => edge.follower === user && edge.author === author && !edge.muted);
    const hasEntry = ({ id }: Thought) => {
      const { pk, sk } = keys.timelineEntry(user, id);
      return world.table.items.has(`${pk}\n${sk}`);
    };
    const expected = world
      .thoughts()
      .filter((thought) => isVisible(thought, now + MINUTE) && isHeard(thought.author))
      .filter((thought) => thought.author === user || hasEntry(thought));
    const found = new Set(await readAll(host, user, [4], {}));
    const absent = ids(expected).filter((id) => !found.has(id));
    if (absent.length > 0) throw new Error(`${user}'s timeline lacks ${absent.join(' ')}`);
  }
};

/** The whole list, by pages of the sizes in turn. */
const readAll = async ({ reader }: Host, user: string, sizes: number[], request: Pick<PageRequest, 'oldestFirst'>) => {
  let turn = 0;
  const page = (wanted: PageRequest): Promise<Page> => {
    const limit = sizes[turn++ % sizes.length] ?? 1;
    return reader.timelinePage(user, { ...wanted, limit });
  };
  const most = Math.max(...sizes);
  return (await everyPage(page, { ...request, limit: most })).flatMap(({ thoughts }) => ids(thoughts));
};

/** A ping counts no less than there is, and a resume replays it, or says that it can't. */
const checkLive = async (_world: World, { resumer }: Host, user: string, visible: string[]): Promise<void> => {
  const since = visible[Math.floor(visible.length / 2)];
  if (since === undefined) return;
  const behind = visible.filter((id) => id > since);
  const { count = 0, latest = '' } = await resumer.newest(user, since);
  if (count < behind.length) throw new Error(`${user} is told of ${count} thoughts, and there are ${behind.length}`);
  if (latest < (visible[0] ?? '')) throw new Error(`${user} is told of ${latest} as the newest`);
  const replayed = new Set<string>();
  for (let page: string | undefined; ; ) {
    const frame = await resumer.resume({ username: user, channel: 'timeline', since, ...(page && { page }) });
    if (frame.type !== 'events') return;
    for (const { thoughtId } of frame.events) replayed.add(thoughtId);
    if (frame.next === undefined) break;
    page = frame.next;
  }
  const lost = behind.filter((id) => !replayed.has(id));
  if (lost.length > 0) throw new Error(`A resume of ${user} leaves out ${lost.join(' ')}`);
};

/** Every edge, which must stand in its two places alike. */
const edgesOf = ({ table }: World) => {
  const items = [...table.items.values()];
  const read = (type: string) => items.filter((item) => item.type === type).map((item) => toEdge(item as never));
  const inWords = (edges: ReturnType<typeof read>) => edges.map((edge) => JSON.stringify(edge)).sort();
  const edges = read('following');
  mustBe('the edges', inWords(read('follower')), inWords(edges));
  return edges;
};

const mustBe = (what: string, found: string[], expected: string[]): void => {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what} is\n${found.join('\n')}\nand should be\n${expected.join('\n')}`);
};
