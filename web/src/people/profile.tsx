import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import type { User } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { useLive } from '../live/live-context.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Menu } from '../ui/menu.tsx';
import { personPath } from '../ui/person-link.tsx';
import { FollowButton } from './follow-button.tsx';
import { useRelation } from './relations.ts';

const EditProfile = ({ user, onDone }: { user: User; onDone: () => void }) => {
  const { api } = useApp();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (body: { name: string; bio: string }) => api.call('PUT /users/me', { body }),
    onSuccess: (changed) => {
      queries.setQueryData(['person', user.username], changed);
      onDone();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate({ name: String(form.get('name')), bio: String(form.get('bio')) });
  };
  return (
    <form className="edit" onSubmit={submit}>
      <label>
        Name
        <input name="name" defaultValue={user.name} maxLength={100} dir="auto" />
      </label>
      <label>
        About you
        <textarea name="bio" defaultValue={user.bio} maxLength={500} rows={3} dir="auto" />
      </label>
      {save.error && <p role="alert">{save.error.message}</p>}
      <div className="row">
        <button type="submit" className="button button-strong">
          Save
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
};

const OthersMenu = ({ username }: { username: string }) => {
  const { follows, muted, blocked, change } = useRelation(username);
  return (
    <Menu label={`More about ${username}`}>
      {follows && (
        <button type="button" onClick={() => change(muted ? 'unmute' : 'mute')}>
          {muted ? 'Unmute' : 'Mute'}
        </button>
      )}
      <button type="button" className="danger" onClick={() => change(blocked ? 'unblock' : 'block')}>
        {blocked ? 'Unblock' : 'Block'}
      </button>
    </Menu>
  );
};

const Counts = ({ username, counts }: User) => (
  <p className="tally">
    <span>
      <b>{counts.thoughts}</b> thoughts
    </span>
    <Link href={`${personPath(username)}/followers`}>
      <b>{counts.followers}</b> followers
    </Link>
    <Link href={`${personPath(username)}/following`}>
      <b>{counts.following}</b> following
    </Link>
  </p>
);

/** Who a person is, and what one can do about it. */
export const Profile = ({ user }: { user: User }) => {
  const session = useLive();
  const [isEditing, setEditing] = useState(false);
  const isOwn = session?.username === user.username;
  if (isEditing) return <EditProfile user={user} onDone={() => setEditing(false)} />;
  return (
    <section className="profile" aria-label="Profile">
      <Avatar name={user.username} size={72} />
      <div className="profile-name">
        <h1 dir="auto">{user.name || user.username}</h1>
        <p className="quiet">{user.username}</p>
      </div>
      <div className="profile-text">
        {user.bio && (
          <p className="bio" dir="auto">
            {user.bio}
          </p>
        )}
        <Counts {...user} />
      </div>
      {session && (
        <div className="profile-actions">
          {isOwn ? (
            <button type="button" className="button button-small" onClick={() => setEditing(true)}>
              Edit profile
            </button>
          ) : (
            <>
              <FollowButton username={user.username} />
              <Link className="button button-small" href={`/conversations/new?with=${user.username}`}>
                Message
              </Link>
              <OthersMenu username={user.username} />
            </>
          )}
        </div>
      )}
    </section>
  );
};
