import { useSession } from '../live/live-context.tsx';
import { useRelation } from './relations.ts';

/** A button that follows or unfollows a person. It is not shown for oneself, or before the relation is known. */
export const FollowButton = ({ username }: { username: string }) => {
  const session = useSession();
  const { isKnown, follows, blocked, change } = useRelation(username);
  if (session.username === username || blocked || !isKnown) return null;
  return (
    <button
      type="button"
      className={follows ? 'button button-small' : 'button button-small button-strong'}
      aria-pressed={follows}
      onClick={() => change(follows ? 'unfollow' : 'follow')}
    >
      {follows ? 'Following' : 'Follow'}
      <span className="visually-hidden"> {username}</span>
    </button>
  );
};
