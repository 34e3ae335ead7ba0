import { useState } from 'react';
import type { Message } from '../api/types.ts';
import { useSession } from '../live/live-context.tsx';
import type { MessageDraft } from '../live/live-session.ts';
import type { OutboxItem } from '../outbox/outbox.ts';
import { ThoughtText } from '../thoughts/thought-text.tsx';
import { PersonLink } from '../ui/person-link.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { EditMessage, OwnMessageMenu } from './own-message.tsx';

interface MessageRowProps {
  message: Message;
  /** The members whose read mark stands at this message. */
  readBy: string[];
  showsAuthor: boolean;
  /** Whether the person can still write in the conversation. */
  isMember: boolean;
}

/** One message of a conversation. */
export const MessageRow = ({ message, readBy, showsAuthor, isMember }: MessageRowProps) => {
  const [isEditing, setEditing] = useState(false);
  const isOwn = useSession().username === message.author;
  return (
    <li className={isOwn ? 'message message-own' : 'message'}>
      {showsAuthor && !isOwn && <PersonLink username={message.author} />}
      <div className="bubble">
        {isEditing ? (
          <EditMessage message={message} onDone={() => setEditing(false)} />
        ) : (
          <ThoughtText text={message.text} />
        )}
        <span className="bubble-foot">
          <TimeAgo at={message.createdAt} /> {message.edited && 'edited'}
        </span>
      </div>
      {isOwn && isMember && !isEditing && <OwnMessageMenu message={message} onEdit={() => setEditing(true)} />}
      {readBy.length > 0 && <p className="receipt">Read by {readBy.join(', ')}</p>}
    </li>
  );
};

const STATES = { sending: 'Sending…', waiting: 'Waiting for the network', refused: 'Not sent', posted: 'Sent' };

/** A message that is on its way. */
export const PendingMessage = ({ item }: { item: OutboxItem<MessageDraft, Message> }) => {
  const { messages } = useSession();
  return (
    <li className="message message-own message-pending">
      <div className="bubble">
        <ThoughtText text={item.draft.text} />
        <span className="bubble-foot">{STATES[item.state]}</span>
      </div>
      {item.state === 'refused' && (
        <div className="refused">
          <p role="alert">{item.reason}</p>
          <button type="button" className="button button-small" onClick={() => messages.retry(item.key)}>
            Try again
          </button>
          <button type="button" className="button button-small" onClick={() => messages.discard(item.key)}>
            Discard
          </button>
        </div>
      )}
    </li>
  );
};
