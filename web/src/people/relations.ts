import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Api } from '../api/api.ts';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';

export type RelationChange = 'follow' | 'unfollow' | 'mute' | 'unmute' | 'block' | 'unblock';

interface Flags {
  muted: boolean;
  blocked: boolean;
}

const NO_FLAGS: Flags = { muted: false, blocked: false };
const LIMIT = 100;
/** The most that anybody may follow. */
const MAX_PAGES = 50;

const followingKey = (username: string) => ['following', username];
const flagsKey = (username: string) => ['flags', username];

/** Everybody whom a person follows. */
const readFollowing = async (api: Api, username: string): Promise<string[]> => {
  const all: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next } = await api.call('GET /users/{username}/following', {
      params: { username },
      query: cursor === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor },
    });
    all.push(...items.map((item) => item.username));
    cursor = next;
    if (cursor === undefined) break;
  }
  return all;
};

/** Whom one follows. Somebody who has no profile yet follows nobody. */
export const useFollowing = () => {
  const { api } = useApp();
  const { username } = useSession();
  return useQuery({
    queryKey: followingKey(username),
    queryFn: () =>
      readFollowing(api, username).catch((error) => (error.code === 'unknown_user' ? [] : Promise.reject(error))),
    staleTime: 60_000,
  });
};

const call = (api: Api, change: RelationChange, username: string): Promise<undefined> => {
  const options = { params: { username } };
  const routes = {
    follow: () => api.call('PUT /users/{username}/follow', options),
    unfollow: () => api.call('DELETE /users/{username}/follow', options),
    mute: () => api.call('PUT /users/{username}/mute', options),
    unmute: () => api.call('DELETE /users/{username}/mute', options),
    block: () => api.call('PUT /users/{username}/block', options),
    unblock: () => api.call('DELETE /users/{username}/block', options),
  };
  return routes[change]();
};

/** What is shown after a change before the server has answered. */
const applied = (change: RelationChange, follows: boolean, flags: Flags): { follows: boolean; flags: Flags } => {
  if (change === 'follow' || change === 'unfollow')
    return { follows: change === 'follow', flags: { ...flags, muted: false } };
  if (change === 'mute' || change === 'unmute') return { follows, flags: { ...flags, muted: change === 'mute' } };
  const blocked = change === 'block';
  return { follows: follows && !blocked, flags: { muted: flags.muted && !blocked, blocked } };
};

/**
 * One's relation to another person, and how to change it. The API tells whom one follows; that somebody is muted or
 * blocked is known as far as it was done on this page or told to it live.
 */
export const useRelation = (author: string) => {
  const { api } = useApp();
  const { username } = useSession();
  const queries = useQueryClient();
  const { data: following = [] } = useFollowing();
  const { data: flags = NO_FLAGS } = useQuery<Flags>({
    queryKey: flagsKey(author),
    queryFn: () => NO_FLAGS,
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const follows = following.includes(author);
  const { mutate, error } = useMutation({
    mutationFn: (change: RelationChange) => call(api, change, author),
    onMutate: (change) => {
      const next = applied(change, follows, flags);
      queries.setQueryData<string[]>(followingKey(username), (all = []) => {
        const others = all.filter((name) => name !== author);
        return next.follows ? [...others, author] : others;
      });
      queries.setQueryData(flagsKey(author), next.flags);
    },
    onError: () => queries.setQueryData(flagsKey(author), flags),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: followingKey(username) });
      void queries.invalidateQueries({ queryKey: ['person', author] });
    },
  });
  return { follows, ...flags, change: mutate, error };
};

/** Takes up what has changed on another device. */
export const useRelationsFromElsewhere = (): void => {
  const { client, username } = useSession();
  const queries = useQueryClient();
  useEffect(() => {
    const take = ({ author, muted }: { author: string; muted: boolean }) => {
      queries.setQueryData<Flags>(flagsKey(author), (flags = NO_FLAGS) => ({ ...flags, muted }));
      void queries.invalidateQueries({ queryKey: followingKey(username) });
    };
    client.on('relation', take);
    return () => void client.off('relation', take);
  }, [client, username, queries]);
};
