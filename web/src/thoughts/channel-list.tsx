import { useInfiniteQuery } from '@tanstack/react-query';
import { useList } from 'deep-thoughts-client/react';
import type { ListView } from 'deep-thoughts-client/store';
import { type ReactNode, useEffect } from 'react';
import { useApp } from '../app-context.ts';
import { useLive, useSession } from '../live/live-context.tsx';
import { readList } from '../live/read-list.ts';
import { useOutbox } from '../outbox/use-outbox.ts';
import { OutboxCard } from './outbox-card.tsx';
import { ThoughtList } from './thought-list.tsx';

interface ChannelListProps {
  /** `timeline`, `all`, `topic:tea`, `author:alice` */
  channel: string;
  empty: ReactNode;
}

const POLL_MS = 5_000;

/** What one has written here and the list has not got yet. */
const Pending = ({ view }: { view: ListView }) => {
  const items = useOutbox(useSession().thoughts);
  const known = new Set(view.thoughts.map(({ id }) => id));
  return items
    .filter(({ answer }) => !answer || !known.has(answer.id))
    .map((item) => <OutboxCard key={item.key} item={item} />);
};

const LiveList = ({ channel, empty }: ChannelListProps) => {
  const { channels, store, username } = useSession();
  useEffect(() => channels.open(channel), [channels, channel]);
  const view = useList(store, channel);
  const showsOwn = ['timeline', 'all', `author:${username}`].includes(channel);
  return (
    <ThoughtList
      view={view}
      more={() => void store.more(channel)}
      readAnew={() => store.readAnew(channel)}
      empty={empty}
    >
      {showsOwn && <Pending view={view} />}
    </ThoughtList>
  );
};

/** The same for somebody who is not logged in: the list is read again every few seconds. */
const PolledList = ({ channel, empty }: ChannelListProps) => {
  const { api } = useApp();
  const list = useInfiniteQuery({
    queryKey: ['list', channel],
    queryFn: ({ pageParam }) => readList(api, channel, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: POLL_MS,
    maxPages: 10,
  });
  const view: ListView = {
    thoughts: list.data?.pages.flatMap(({ thoughts }) => thoughts) ?? [],
    state: list.isPending ? 'reading' : list.isError ? 'stale' : 'current',
    hasMore: list.hasNextPage,
  };
  return (
    <ThoughtList
      view={view}
      more={() => void list.fetchNextPage()}
      readAnew={() => void list.refetch()}
      empty={empty}
    />
  );
};

/** The thoughts of a channel, kept up to date. */
export const ChannelList = (props: ChannelListProps) => {
  const isLive = useLive() !== undefined;
  return isLive ? <LiveList key={props.channel} {...props} /> : <PolledList key={props.channel} {...props} />;
};
