import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Message } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';
import { asRead, type Inbox, inboxKey } from './use-inbox.ts';

const LIMIT = 30;

export interface MessagePage {
  items: Message[];
  next?: string;
}
export type Messages = InfiniteData<MessagePage, string | undefined>;

export const messagesKey = (id: string) => ['messages', id];
export const detailsKey = (id: string) => ['conversation', id];

/** A conversation's members and their read marks. */
export const useDetails = (id: string) => {
  const { api } = useApp();
  return useQuery({
    queryKey: detailsKey(id),
    queryFn: () => api.call('GET /conversations/{id}', { params: { id } }),
  });
};

/** The messages of a conversation: pages, the newest first. */
export const useMessages = (id: string) => {
  const { api } = useApp();
  const { client } = useSession();
  return useInfiniteQuery({
    queryKey: messagesKey(id),
    queryFn: async ({ pageParam }): Promise<MessagePage> => {
      const query = pageParam === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor: pageParam };
      const page = await api.call('GET /conversations/{id}/messages', { params: { id }, query });
      client.known(page.items);
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: 30_000,
  });
};

/** Puts a message among those that are shown: a new one on top, an edited one in its place. */
export const withMessage = (messages: Messages, message: Message): Messages => {
  const has = messages.pages.some(({ items }) => items.some(({ place }) => place === message.place));
  const newer = (one: Message) => (one.place === message.place && one.version < message.version ? message : one);
  return {
    ...messages,
    pages: messages.pages.map((page, at) => {
      if (has) return { ...page, items: page.items.map(newer) };
      return at === 0 ? { ...page, items: [message, ...page.items].sort((a, b) => b.place - a.place) } : page;
    }),
  };
};

export const withoutMessage = (messages: Messages, place: number): Messages => ({
  ...messages,
  pages: messages.pages.map((page) => ({ ...page, items: page.items.filter((one) => one.place !== place) })),
});

/** Tells the server that the person has read up to the last message, while it is on the screen. */
export const useReadMark = (id: string, lastPlace: number): void => {
  const { api } = useApp();
  const { username } = useSession();
  const queries = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (upTo: number) => api.call('PUT /conversations/{id}/read', { params: { id }, body: { upTo } }),
    onMutate: () => {
      queries.setQueryData<Inbox>(inboxKey(username), (inbox) => inbox && asRead(inbox, id));
    },
  });
  useEffect(() => {
    if (lastPlace === 0) return;
    const mark = () => {
      if (document.visibilityState === 'visible') mutate(lastPlace);
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [lastPlace, mutate]);
};
