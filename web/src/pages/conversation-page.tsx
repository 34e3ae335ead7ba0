import { Link } from 'wouter';
import { ApiError } from '../api/api.ts';
import type { ConversationDetails } from '../api/types.ts';
import { ConversationMenu } from '../conversations/conversation-menu.tsx';
import { LeftConversation } from '../conversations/left-conversation.tsx';
import { MessageForm } from '../conversations/message-form.tsx';
import { MessageList } from '../conversations/message-list.tsx';
import { CONVERSATIONS, nameOf } from '../conversations/names.ts';
import { useDetails, useMessages, useReadMark } from '../conversations/use-conversation.ts';
import { useTyping } from '../conversations/use-typing.ts';
import { useSession } from '../live/live-context.tsx';
import { Failure, Loading, Notice } from '../ui/notice.tsx';
import { PageHead } from './page.tsx';

const Typing = ({ id }: { id: string }) => {
  const names = useTyping(id);
  return (
    <p className="typing" aria-live="polite">
      {names.length > 0 && `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`}
    </p>
  );
};

const Conversation = ({ details }: { details: ConversationDetails }) => {
  const { username, client, messages: outbox } = useSession();
  const { id } = details;
  const { data, error, refetch, hasNextPage, fetchNextPage } = useMessages(id);
  const messages = data?.pages.flatMap(({ items }) => items).reverse() ?? [];
  useReadMark(id, messages.at(-1)?.place ?? 0);
  return (
    <section className="conversation" aria-label="Conversation">
      <PageHead title={nameOf(details, username)} back={{ to: CONVERSATIONS, label: 'All conversations' }}>
        {details.kind === 'group' && !details.left && <ConversationMenu details={details} />}
      </PageHead>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      <MessageList details={details} messages={messages} hasMore={hasNextPage} more={() => void fetchNextPage()} />
      <Typing id={id} />
      {details.left ? (
        <LeftConversation id={id} />
      ) : (
        <MessageForm onSend={(text) => outbox.add({ conversationId: id, text })} onType={() => client.typing(id)} />
      )}
    </section>
  );
};

/** One conversation. For somebody who is not a member, it does not exist. */
export const ConversationPage = ({ id }: { id: string }) => {
  const { data, error, refetch } = useDetails(id);
  if (error instanceof ApiError && [400, 404].includes(error.status))
    return (
      <Notice title="There is no such conversation">
        <Link href={CONVERSATIONS}>All conversations</Link>
      </Notice>
    );
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  return data ? <Conversation details={data} /> : <Loading />;
};
