import { useState } from 'react';
import type { Thought } from '../api/types.ts';
import { useRelation } from '../people/relations.ts';
import { Menu } from '../ui/menu.tsx';
import { useDelete } from './use-changes.ts';

const OwnItems = ({ thought, onEdit }: { thought: Thought; onEdit: () => void }) => {
  const remove = useDelete(thought);
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <button type="button" onClick={onEdit}>
        Edit
      </button>
      {isAsked ? (
        <button type="button" className="danger" onClick={() => remove.mutate()}>
          Delete for good?
        </button>
      ) : (
        <button type="button" className="danger" data-stays onClick={() => setAsked(true)}>
          Delete
        </button>
      )}
    </>
  );
};

const OthersItems = ({ author }: { author: string }) => {
  const { follows, muted, blocked, change } = useRelation(author);
  return (
    <>
      <button type="button" onClick={() => change(follows ? 'unfollow' : 'follow')}>
        {follows ? 'Unfollow' : 'Follow'} {author}
      </button>
      {follows && (
        <button type="button" onClick={() => change(muted ? 'unmute' : 'mute')}>
          {muted ? 'Unmute' : 'Mute'} {author}
        </button>
      )}
      <button type="button" className="danger" onClick={() => change(blocked ? 'unblock' : 'block')}>
        {blocked ? 'Unblock' : 'Block'} {author}
      </button>
    </>
  );
};

/** What one can do with a thought, besides answering it. */
export const ThoughtMenu = ({ thought, isOwn, onEdit }: { thought: Thought; isOwn: boolean; onEdit: () => void }) => (
  <Menu label={`More about the thought of ${thought.author}`}>
    {isOwn ? <OwnItems thought={thought} onEdit={onEdit} /> : <OthersItems author={thought.author} />}
  </Menu>
);
