import { useEffect } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../api/api.ts';
import type { ThoughtWithCounts } from '../api/types.ts';
import { useLive } from '../live/live-context.tsx';
import { Composer } from '../thoughts/composer.tsx';
import { REACTIONS } from '../thoughts/reaction-kinds.ts';
import { useReactions } from '../thoughts/reactions.ts';
import { ThoughtCard } from '../thoughts/thought-card.tsx';
import { useLiveThread, useReplies, useThought } from '../thoughts/use-thread.ts';
import { Failure, Loading, Notice } from '../ui/notice.tsx';
import { personPath } from '../ui/person-link.tsx';
import { PageHead } from './page.tsx';

const countOf = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one.replace(/y$/, 'ie')}s`}`;

const Reactions = ({ thought }: { thought: ThoughtWithCounts }) => {
  const { data = [] } = useReactions(thought);
  const byKind = Map.groupBy(data, ({ kind }) => kind);
  return (
    <p className="tally">
      <span>{countOf(thought.counts.replies, 'reply')}</span>
      <span>{countOf(thought.counts.reactions, 'reaction')}</span>
      {[...byKind].map(([kind, who]) => (
        <span key={kind} className="chip" title={who.map(({ username }) => username).join(', ')}>
          {REACTIONS[kind]} {who.length}
        </span>
      ))}
    </p>
  );
};

const Parent = ({ author, id }: { author: string; id: string }) => {
  const { data } = useThought({ author, id });
  return data ? <ThoughtCard thought={data} /> : null;
};

const Replies = ({ author, id }: { author: string; id: string }) => {
  const replies = useReplies({ author, id });
  return (
    <section className="replies" aria-label="Replies" aria-live="polite">
      {replies.data?.pages.flatMap(({ items }) =>
        items.map((reply) => <ThoughtCard key={reply.id} thought={reply} isReply />),
      )}
      {replies.hasNextPage && (
        <button type="button" className="button more" onClick={() => replies.fetchNextPage()}>
          More replies
        </button>
      )}
    </section>
  );
};

/** One thought, what it answers, and what answers it. */
export const ThreadPage = ({ author, id }: { author: string; id: string }) => {
  const session = useLive();
  const { data: thought, error, refetch } = useThought({ author, id });
  useLiveThread(id);
  useEffect(() => session?.channels.open(`author:${author}`), [session, author]);
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Notice title="This thought is gone">
        <p>It was deleted, its time was over, or it never was.</p>
        <Link href={personPath(author)}>Other thoughts of {author}</Link>
      </Notice>
    );
  }
  if (error && !thought) return <Failure error={error} retry={() => void refetch()} />;
  if (!thought) return <Loading />;
  return (
    <>
      <PageHead title={`A thought of ${author}`} />
      <div className="thread">
        {thought.inReplyTo && <Parent {...thought.inReplyTo} />}
        <ThoughtCard thought={thought} isMain />
        <Reactions thought={thought} />
        {session && <Composer key={id} inReplyTo={thought} label={`Reply to ${author}`} />}
        <Replies author={author} id={id} />
      </div>
    </>
  );
};
