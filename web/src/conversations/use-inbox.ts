import { useQuery } from '@tanstack/react-query';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';

const LIMIT = 50;

/** One's conversations, the latest first. */
export const useInbox = () => {
  const { api } = useApp();
  const { username } = useSession();
  return useQuery({
    queryKey: ['inbox', username],
    queryFn: async () => (await api.call('GET /conversations', { query: { limit: LIMIT } })).items,
    staleTime: 30_000,
  });
};

/** How many messages one has not read. */
export const useUnread = (): number => {
  const { data = [] } = useInbox();
  return data.reduce((sum, { unread }) => sum + unread, 0);
};
