import { useSession } from '../live/live-context.tsx';
import { useRelation } from './relations.ts';

/** Follows a person, or no longer. Nothing for oneself, or before it is known. */
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
