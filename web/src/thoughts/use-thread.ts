import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useApp } from '../app-context.ts';
import { useLive } from '../live/live-context.tsx';

const LIMIT = 50;
/** No channel brings replies of people whom the person does not follow: they are read every 10 seconds. */
const POLL_MS = 10_000;

interface ThoughtPlace {
  author: string;
  id: string;
}

/** One thought with its counts. */
export const useThought = ({ author, id }: ThoughtPlace) => {
  const { api } = useApp();
  return useQuery({
    queryKey: ['thread', id],
    queryFn: () => api.call('GET /users/{username}/thoughts/{id}', { params: { username: author, id } }),
    refetchInterval: POLL_MS,
  });
};

/** The replies to a thought, the oldest first. */
export const useReplies = ({ author, id }: ThoughtPlace) => {
  const { api } = useApp();
  return useInfiniteQuery({
    queryKey: ['thread', id, 'replies'],
    queryFn: ({ pageParam }) =>
      api.call('GET /users/{username}/thoughts/{id}/replies', {
        params: { username: author, id },
        query: { order: 'oldest', limit: LIMIT, ...(pageParam !== undefined && { cursor: pageParam }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: POLL_MS,
  });
};

/** Reads a thread again when something that came live is about it. */
export const useLiveThread = (id: string): void => {
  const session = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    if (!session) return;
    const { client, thoughts } = session;
    const read = () => void queries.invalidateQueries({ queryKey: ['thread', id] });
    const take = ({
      thoughtId,
      type,
      thought,
    }: {
      thoughtId: string;
      type: string;
      thought?: { inReplyTo?: { id: string } | undefined } | undefined;
    }) => {
      if (thoughtId === id || type === 'thought.deleted' || thought?.inReplyTo?.id === id) read();
    };
    const end = thoughts.subscribe(() => thoughts.items.some(({ answer }) => answer?.inReplyTo?.id === id) && read());
    client.on('event', take);
    return () => {
      client.off('event', take);
      end();
    };
  }, [session, id, queries]);
};
