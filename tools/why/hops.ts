import { isActive, type Presence } from '../../src/connections/presence.ts';
import type { Follow } from '../../src/follows/follow-store.ts';
import { keys } from '../../src/table/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';
import type { Thought, ThoughtReference } from '../../src/thoughts/thought.ts';

/** One step on the way of a thought to a person. */
export interface Hop {
  step: 'stored' | 'audience' | 'fan-out' | 'timeline' | 'connections';
  outcome: 'taken' | 'not taken';
  reason: string;
}

interface Settings {
  /** Milliseconds since 1970. */
  now: number;
  activeDays: number;
}

const taken = (step: Hop['step'], reason: string): Hop => ({ step, outcome: 'taken', reason });
const notTaken = (step: Hop['step'], reason: string): Hop => ({ step, outcome: 'not taken', reason });

/** Names each hop that a thought took, or did not take, to a person. It ends at the first that explains all later ones. */
export const hopsOf = async (
  table: Table,
  thought: ThoughtReference,
  user: string,
  settings: Settings,
): Promise<Hop[]> => {
  const read = <T>(key: { pk: string; sk: string }) => table.get<Item & T>(key, { consistent: true });
  const stored = await read<Thought>(keys.thought(thought.author, thought.id));
  const hops = [storedHop(stored, settings.now)];
  if (!stored || hops[0]?.outcome === 'not taken') return hops;

  const presence = await read<Presence>(keys.presence(user));
  if (user === thought.author) {
    hops.push(taken('audience', `${user} wrote it`));
  } else {
    const blocked = await read(keys.block(thought.author, user));
    const blocks = await read(keys.block(user, thought.author));
    const following = await read<Follow>(keys.following(user, thought.author));
    const follower = await read<Follow>(keys.follower(thought.author, user));
    hops.push(audienceHop(thought.author, user, { blocked, blocks, following, follower, stored }));
    if (hops.at(-1)?.outcome === 'not taken') return hops;
    if (!isActive(presence, settings.now, settings.activeDays)) {
      const seen = presence ? `was last seen at ${time(presence.lastSeenAt)}` : 'has never been seen';
      hops.push(
        notTaken(
          'fan-out',
          `${user} ${seen}: entries are written for who came in the last ${settings.activeDays} days`,
        ),
      );
    } else {
      hops.push(taken('fan-out', `${user} was seen at ${time(presence?.lastSeenAt ?? 0)}: entries are written`));
    }
  }

  const entry = await read(keys.timelineEntry(user, thought.id));
  if (entry) hops.push(taken('timeline', 'The entry is there'));
  else if (presence?.needsRebuild !== false)
    hops.push(notTaken('timeline', 'No entry; the timeline is rebuilt at the next visit'));
  else
    hops.push(
      notTaken(
        'timeline',
        'No entry: its record is under way, or lies in the failure bucket (npm run redrive -- list)',
      ),
    );
  hops.push(connectionsHop(presence, stored, settings.now));
  return hops;
};

const storedHop = (thought: Thought | undefined, now: number): Hop => {
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
  following: Follow | undefined;
  follower: Follow | undefined;
  stored: Thought;
}

const audienceHop = (author: string, user: string, relations: Relations): Hop => {
  const { blocked, blocks, following, follower, stored } = relations;
  if (blocked) return notTaken('audience', `${author} blocks ${user}`);
  if (blocks) return notTaken('audience', `${user} blocks ${author}`);
  if (!following) return notTaken('audience', `${user} does not follow ${author}`);
  if (!follower)
    return notTaken('audience', `${user} follows ${author}, but the follower edge is missing: npm run table -- audit`);
  if (following.muted) return notTaken('audience', `${user} has muted ${author}`);
  const since = following.since > stored.createdAt ? ', since after it was written' : '';
  return taken('audience', `${user} follows ${author}${since}`);
};

const connectionsHop = (presence: Presence | undefined, thought: Thought, now: number): Hop => {
  const live = (presence?.connections ?? []).filter(({ authExpiresAt }) => authExpiresAt > now);
  if (live.length === 0) return notTaken('connections', 'Nobody is connected now: the next connection resumes');
  const then = live.filter(({ connectedAt }) => connectedAt <= thought.createdAt).length;
  return taken(
    'connections',
    `${live.length} connected now, ${then} of them when it was written; missed pushes are in the stream's log`,
  );
};

const time = (ms: number): string => new Date(ms).toISOString();
