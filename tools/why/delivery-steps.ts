import { hasEntries, type Presence } from '../../src/connections/presence.ts';
import { type Edge, type EdgeItem, toEdge } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';
import { type Thought, type ThoughtReference, timeOfId } from '../../src/thoughts/thought.ts';

/** One step on the way of a thought to a person. */
export interface DeliveryStep {
  step: 'stored' | 'audience' | 'fan-out' | 'timeline' | 'connections';
  outcome: 'taken' | 'not taken';
  reason: string;
}

const taken = (step: DeliveryStep['step'], reason: string): DeliveryStep => ({ step, outcome: 'taken', reason });
const notTaken = (step: DeliveryStep['step'], reason: string): DeliveryStep => ({ step, outcome: 'not taken', reason });

/**
 * Names each hop that a thought took, or did not take, to a person. It ends at the first that explains all later ones.
 * @param now milliseconds since 1970
 */
export const stepsOf = async (
  table: Table,
  thought: ThoughtReference,
  user: string,
  now: number,
): Promise<DeliveryStep[]> => {
  const read = <T>(key: { pk: string; sk: string }) => table.get<Item & T>(key, { consistent: true });
  const stored = await read<Thought>(keys.thought(thought.author, thought.id));
  const hops = [storedHop(stored, now)];
  if (!stored || hops[0]?.outcome === 'not taken') return hops;

  const presence = await read<Presence>(keys.presence(user));
  if (user === thought.author) {
    hops.push(taken('audience', `${user} wrote it`));
  } else {
    const blocked = await read(keys.block(thought.author, user));
    const blocks = await read(keys.block(user, thought.author));
    const following = await read<EdgeItem>(keys.following(user, thought.author));
    const follower = await read<EdgeItem>(keys.follower(thought.author, user));
    hops.push(audienceHop(thought.author, user, { blocked, blocks, following, follower, stored }));
    if (hops.at(-1)?.outcome === 'not taken') return hops;
    if (following) hops.push(fanOutHop(toEdge(following), presence, thought, now));
  }

  const entry = await read(keys.timelineEntry(user, thought.id));
  const isExpected = hops.at(-1)?.step === 'fan-out' && hops.at(-1)?.outcome === 'taken';
  if (entry) hops.push(taken('timeline', 'The entry is there'));
  else if (!isExpected) hops.push(taken('timeline', "Without an entry: it is merged from the author's own list"));
  else
    hops.push(
      notTaken(
        'timeline',
        'No entry: its record is under way, or lies in the failure bucket (npm run redrive -- list)',
      ),
    );
  hops.push(connectionsHop(presence, stored, now));
  return hops;
};

const storedHop = (thought: Thought | undefined, now: number): DeliveryStep => {
  if (!thought)
    return notTaken('stored', 'There is no such thought: the id or the author is wrong, or it has expired and is gone');
  if (thought.deletedAt !== undefined) return notTaken('stored', `It was deleted at ${time(thought.deletedAt)}`);
  if (thought.expiresAt !== undefined && thought.expiresAt * 1000 <= now) {
    return notTaken('stored', `It expired at ${time(thought.expiresAt * 1000)}`);
  }
  return taken(
    'stored',
    `It was written at ${time(thought.createdAt)}, as number ${thought.seq} of ${thought.author}, version ${thought.version}`,
  );
};

interface Relations {
  blocked: Item | undefined;
  blocks: Item | undefined;
  following: EdgeItem | undefined;
  follower: EdgeItem | undefined;
  stored: Thought;
}

const audienceHop = (author: string, user: string, relations: Relations): DeliveryStep => {
  const { blocked, blocks, following, follower, stored } = relations;
  if (blocked) return notTaken('audience', `${author} blocks ${user}`);
  if (blocks) return notTaken('audience', `${user} blocks ${author}`);
  if (following?.type !== 'following') return notTaken('audience', `${user} does not follow ${author}`);
  if (!follower)
    return notTaken('audience', `${user} follows ${author}, but the follower edge is missing: npm run table -- audit`);
  if (following.muted) return notTaken('audience', `${user} has muted ${author}`);
  const since = following.since > stored.createdAt ? ', since after it was written' : '';
  return taken('audience', `${user} follows ${author}${since}`);
};

const fanOutHop = (edge: Edge, presence: Presence | undefined, { id }: ThoughtReference, now: number): DeliveryStep => {
  if (edge.delivery === 'push')
    return notTaken('fan-out', `No entries are written of ${edge.author}: the thoughts are only pushed`);
  if (!presence) return notTaken('fan-out', `${edge.follower} has never been here: no entries are written`);
  const from = Math.max(edge.warmFrom, presence.entriesFrom);
  if (timeOfId(id) < from)
    return notTaken('fan-out', `Entries are relied on for thoughts from ${time(from)} on, and it is older`);
  if (!hasEntries(presence, now))
    return notTaken('fan-out', `${edge.follower} was away: entries were written until ${time(presence.entriesUntil)}`);
  return taken('fan-out', 'An entry is written');
};

const connectionsHop = (presence: Presence | undefined, thought: Thought, now: number): DeliveryStep => {
  const live = (presence?.connections ?? []).filter(({ authExpiresAt }) => authExpiresAt > now);
  if (live.length === 0) return notTaken('connections', 'Nobody is connected now: the next connection resumes');
  const then = live.filter(({ connectedAt }) => connectedAt <= thought.createdAt).length;
  return taken(
    'connections',
    `${live.length} connected now, ${then} of them when it was written; missed pushes are in the stream's log`,
  );
};

const time = (ms: number): string => (ms > MAX_TIME ? 'never' : new Date(ms).toISOString());
/** The last time that a date can show. */
const MAX_TIME = 8.64e15;
