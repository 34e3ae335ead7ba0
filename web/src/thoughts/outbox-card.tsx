import type { Thought } from '../api/types.ts';
import { useSession } from '../live/live-context.tsx';
import type { ThoughtDraft } from '../live/live-session.ts';
import type { OutboxItem } from '../outbox/outbox.ts';
import { Avatar } from '../ui/avatar.tsx';
import { ThoughtText } from './thought-text.tsx';

const STATES = {
  sending: 'Posting…',
  waiting: 'Waiting for the network. It will be posted once.',
  refused: 'Not posted.',
  posted: 'Posted',
};

/** A thought that one has just written, until the list has it. */
export const OutboxCard = ({ item }: { item: OutboxItem<ThoughtDraft, Thought> }) => {
  const { username, thoughts } = useSession();
  return (
    <article className="thought thought-pending" aria-label="Your new thought">
      <Avatar name={username} />
      <div className="thought-body">
        <header className="thought-head">
          <span className="person-name">{username}</span>
          <span className="quiet">{STATES[item.state]}</span>
        </header>
        <ThoughtText text={item.draft.text} />
        {item.state === 'refused' && (
          <>
            <p role="alert">{item.reason}</p>
            <div className="row">
              <button type="button" className="button" onClick={() => thoughts.retry(item.key)}>
                Try again
              </button>
              <button type="button" className="button" onClick={() => thoughts.discard(item.key)}>
                Discard
              </button>
            </div>
          </>
        )}
      </div>
    </article>
  );
};
