import { useLayoutEffect, useRef } from 'react';
import type { ConversationDetails, Message } from '../api/types.ts';
import { useSession } from '../live/live-context.tsx';
import { useOutbox } from '../outbox/use-outbox.ts';
import { MessageRow, PendingMessage } from './message-row.tsx';

interface MessageListProps {
  details: ConversationDetails;
  /** The oldest first. */
  messages: Message[];
  hasMore: boolean;
  more: () => void;
}

const NEAR_PX = 120;

/** For each place, the members whose read mark is shown there: at the last message they have read and did not write. */
const marksOf = ({ readMarks }: ConversationDetails, messages: Message[], username: string): Map<number, string[]> => {
  const marks = new Map<number, string[]>();
  for (const { username: name, readUpTo } of readMarks) {
    const last = messages.findLast(({ place, author }) => place <= readUpTo && author !== name);
    if (!last || name === username) continue;
    marks.set(last.place, [...(marks.get(last.place) ?? []), name]);
  }
  return marks;
};

/** A conversation's messages. The view follows new messages while it is at the end, and stays where it is otherwise. */
export const MessageList = ({ details, messages, hasMore, more }: MessageListProps) => {
  const { username, messages: outbox } = useSession();
  const known = new Set(messages.map(({ id }) => id));
  const pending = useOutbox(outbox)
    .filter(({ draft, answer }) => draft.conversationId === details.id && !(answer && known.has(answer.id)))
    .toReversed();
  const marks = marksOf(details, messages, username);
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const end = `${messages.at(-1)?.id} ${pending.length}`;
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [end]);
  const note = () => {
    const { current } = box;
    if (current) isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_PX;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <div ref={box} className="messages" onScroll={note} tabIndex={0} role="log" aria-label="Messages">
      {hasMore && (
        <button type="button" className="button button-small more" onClick={more}>
          Earlier messages
        </button>
      )}
      <ol>
        {messages.map((message) => (
          <MessageRow
            key={message.id}
            message={message}
            readBy={marks.get(message.place) ?? []}
            showsAuthor={details.kind === 'group'}
            isMember={!details.left}
          />
        ))}
        {pending.map((item) => (
          <PendingMessage key={item.key} item={item} />
        ))}
      </ol>
    </div>
  );
};
