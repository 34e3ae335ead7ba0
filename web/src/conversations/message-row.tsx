import { useMutation } from '@tanstack/react-query';
import type { Message } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';
import { ThoughtText } from '../thoughts/thought-text.tsx';
import { Menu } from '../ui/menu.tsx';
import { PersonLink } from '../ui/person-link.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const OwnMenu = ({ message }: { message: Message }) => {
  const { api } = useApp();
  const remove = useMutation({
    mutationFn: () =>
      api.call('DELETE /conversations/{id}/messages/{place}', {
        params: { id: message.conversationId, place: message.place },
      }),
  });
  return (
    <Menu label="More about your message">
      <button type="button" className="danger" onClick={() => remove.mutate()}>
        Delete
      </button>
    </Menu>
  );
};

interface MessageRowProps {
  message: Message;
  /** The members whose read mark stands at this message. */
  readBy: string[];
  showsAuthor: boolean;
}

/** One message of a conversation. */
export const MessageRow = ({ message, readBy, showsAuthor }: MessageRowProps) => {
  const isOwn = useSession().username === message.author;
  return (
    <li className={isOwn ? 'message message-own' : 'message'}>
      {showsAuthor && !isOwn && <PersonLink username={message.author} />}
      <div className="bubble">
        <ThoughtText text={message.text} />
        <span className="bubble-foot">
          <TimeAgo at={message.createdAt} /> {message.edited && 'edited'}
        </span>
      </div>
      {isOwn && <OwnMenu message={message} />}
      {readBy.length > 0 && <p className="receipt">Read by {readBy.join(', ')}</p>}
    </li>
  );
};

/** A message that is on its way. */
export const PendingMessage = ({ text, state }: { text: string; state: string }) => (
  <li className="message message-own message-pending">
    <div className="bubble">
      <ThoughtText text={text} />
      <span className="bubble-foot">{state === 'refused' ? 'Not sent' : 'Sending…'}</span>
    </div>
  </li>
);
