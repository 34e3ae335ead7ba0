import { Link } from 'wouter';
import type { InboxEntry } from '../api/types.ts';
import { conversationPath, nameOf } from '../conversations/names.ts';
import { useInbox } from '../conversations/use-inbox.ts';
import { useSession } from '../live/live-context.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Failure, Loading, Notice } from '../ui/notice.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { PageHead } from './page.tsx';

const previewOf = ({ lastMessage, left }: InboxEntry, username: string): string => {
  if (left) return 'You have left';
  if (!lastMessage) return '';
  const said = lastMessage.preview ?? 'deleted';
  return lastMessage.author === username ? `You: ${said}` : said;
};

const Row = ({ entry }: { entry: InboxEntry }) => {
  const { username } = useSession();
  const name = nameOf(entry, username);
  return (
    <li>
      <Link className="inbox-row" href={conversationPath(entry.id)}>
        <Avatar name={name} />
        <span className="inbox-text">
          <b>
            <bdi>{name}</bdi>
          </b>
          <span className="quiet" dir="auto">
            {previewOf(entry, username)}
          </span>
        </span>
        <span className="inbox-end">
          <span className="quiet">
            <TimeAgo at={entry.lastAt} />
          </span>
          {entry.unread > 0 && (
            <span className="unread">
              {entry.unread}
              <span className="visually-hidden"> unread</span>
            </span>
          )}
        </span>
      </Link>
    </li>
  );
};

/** One's conversations, the latest first. */
export const ConversationsPage = () => {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage } = useInbox();
  return (
    <>
      <PageHead title="Conversations">
        <Link className="button button-small" href="/conversations/new">
          New
        </Link>
      </PageHead>
      {isPending && <Loading />}
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {data?.length === 0 && (
        <Notice title="No conversations yet">Only those who are in one can see what is said.</Notice>
      )}
      <ul className="inbox">
        {data?.map((entry) => (
          <Row key={entry.id} entry={entry} />
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button more" onClick={() => fetchNextPage()}>
          Earlier conversations
        </button>
      )}
    </>
  );
};
