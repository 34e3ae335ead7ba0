import type { PresenceStore } from '../connections/presence-store.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { PushBuffer } from '../push/push-buffer.ts';

interface Dependencies {
  follows: FollowStore;
  presence: PresenceStore;
}

/** An edge has changed: who has ceased to follow, to mute or to unmute whom. */
export interface RelationChange {
  follower: string;
  author: string;
}

/**
 * Tells the reader's connections what the relation is by now, so that what they show loses what the timeline has lost.
 * It is read, not taken from the record: a record that is processed again must not tell an old state.
 */
export const pushRelation = async (
  { follows, presence }: Dependencies,
  { follower, author }: RelationChange,
  pushBuffer: PushBuffer,
): Promise<void> => {
  const [relations, present] = await Promise.all([
    follows.relations(follower, [author]),
    presence.of([follower], { consistent: true }),
  ]);
  const relation = relations.get(author);
  const isHeard = relation?.follows === true && !relation.blocked;
  for (const connection of present.get(follower)?.connections ?? []) {
    const told = { author, follows: isHeard, muted: relation?.muted ?? false };
    pushBuffer.addRelation({ username: follower, ...connection }, told);
    // Unmuted: what was hidden is in the timeline again, without an event.
    if (told.follows && !told.muted) pushBuffer.addGap({ username: follower, ...connection }, 'timeline');
  }
};
