import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import type { InboxEntry } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';

const LIMIT = 50;

export type Inbox = InfiniteData<{ items: InboxEntry[]; next?: string }, string | undefined>;

export const inboxKey = (username: string) => ['inbox', username];

/** One's conversations, the latest first. */
export const useInbox = () => {
  const { api } = useApp();
  const { username } = useSession();
  return useInfiniteQuery({
    queryKey: inboxKey(username),
    queryFn: ({ pageParam }) =>
      api.call('GET /conversations', {
        query: { limit: LIMIT, ...(pageParam !== undefined && { cursor: pageParam }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    staleTime: 30_000,
  });
};

/** The number of unread messages in the loaded conversations, which are the latest 50 or more. */
export const useUnread = (): number => {
  const { data = [] } = useInbox();
  return data.reduce((sum, { unread }) => sum + unread, 0);
};

/** The inbox after the person has read everything in a conversation. */
export const asRead = (inbox: Inbox, id: string): Inbox => ({
  ...inbox,
  pages: inbox.pages.map((page) => ({
    ...page,
    items: page.items.map((entry) => (entry.id === id ? { ...entry, unread: 0 } : entry)),
  })),
});
