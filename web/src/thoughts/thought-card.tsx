import { useState } from 'react';
import { Link } from 'wouter';
import type { Thought } from '../api/types.ts';
import { useLive } from '../live/live-context.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { PersonLink } from '../ui/person-link.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ArrivalBadge } from './arrival-badge.tsx';
import { EditForm } from './edit-form.tsx';
import { ReactButton } from './react-button.tsx';
import { topicsOf } from './text.ts';
import { ThoughtMenu } from './thought-menu.tsx';
import { ThoughtText } from './thought-text.tsx';

export const threadPath = ({ author, id }: Pick<Thought, 'author' | 'id'>): string =>
  `/people/${author}/thoughts/${id}`;

/** Topics that the text does not name itself. */
const OtherTopics = ({ thought }: { thought: Thought }) => {
  const inText = topicsOf(thought.text);
  const others = thought.topics.filter((topic) => !inText.has(topic));
  if (others.length === 0) return null;
  return (
    <p className="topics">
      {others.map((topic) => (
        <Link key={topic} href={`/topics/${encodeURIComponent(topic)}`}>
          #{topic}
        </Link>
      ))}
    </p>
  );
};

const Body = ({ thought }: { thought: Thought }) => (
  <>
    <ThoughtText text={thought.text} />
    {thought.image && (
      <img className="thought-image" src={thought.image} alt={`Posted by ${thought.author}`} loading="lazy" />
    )}
    <OtherTopics thought={thought} />
  </>
);

interface ThoughtCardProps {
  thought: Thought;
  /** The thought that its page is about. */
  isMain?: boolean;
  /** It stands under what it answers. */
  isReply?: boolean;
}

/** One thought, and what one can do with it. */
export const ThoughtCard = ({ thought, isMain = false, isReply = false }: ThoughtCardProps) => {
  const session = useLive();
  const [isEditing, setEditing] = useState(false);
  const [isLive] = useState(() => session?.arrivals.isFresh(thought.id) ?? false);
  const isOwn = session?.username === thought.author;
  const kinds = ['thought', isMain && 'thought-main', isLive && 'thought-live'].filter(Boolean).join(' ');
  return (
    <article className={kinds} aria-label={`Thought of ${thought.author}`}>
      <Avatar name={thought.author} />
      <div className="thought-body">
        <header className="thought-head">
          <PersonLink username={thought.author} />
          <Link className="thought-time" href={threadPath(thought)}>
            <TimeAgo at={thought.createdAt} />
          </Link>
          {thought.edited && <span className="quiet">edited</span>}
          {session && <ArrivalBadge id={thought.id} />}
          {session && <ThoughtMenu thought={thought} isOwn={isOwn} onEdit={() => setEditing(true)} />}
        </header>
        {thought.inReplyTo && !isMain && !isReply && (
          <p className="quiet">
            in reply to <Link href={threadPath(thought.inReplyTo)}>{thought.inReplyTo.author}</Link>
          </p>
        )}
        {isEditing ? <EditForm thought={thought} onDone={() => setEditing(false)} /> : <Body thought={thought} />}
        <footer className="thought-foot">
          <Link className="action" href={threadPath(thought)}>
            <Icon name="reply" size={18} /> {session ? 'Reply' : 'Replies'}
          </Link>
          {session && <ReactButton thought={thought} />}
        </footer>
      </div>
    </article>
  );
};
