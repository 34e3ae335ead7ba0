import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Api } from '../api/api.ts';
import type { OwnRelation } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';
import { SHOWN } from '../ui/problems.ts';

export type RelationChange = 'follow' | 'unfollow' | 'mute' | 'unmute' | 'block' | 'unblock';
type Relation = Omit<OwnRelation, 'username'>;

const NOTHING: Relation = { follows: false, muted: false, blocked: false };
const STALE_MS = 60_000;

const relationKey = (username: string, other: string) => ['relation', username, other];

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

/** The relation after a change. A block ends the follow and the mute. */
const applied = (change: RelationChange, relation: Relation): Relation => {
  switch (change) {
    case 'follow':
      return { ...relation, follows: true };
    case 'unfollow':
      return { ...relation, follows: false, muted: false };
    case 'mute':
    case 'unmute':
      return { ...relation, muted: change === 'mute' };
    case 'block':
      return { ...NOTHING, blocked: true };
    case 'unblock':
      return { ...relation, blocked: false };
  }
};

/** The user's relation to another person, and functions that change it. `isKnown` is false until the server has answered. */
export const useRelation = (other: string) => {
  const { api } = useApp();
  const { username, relations } = useSession();
  const queries = useQueryClient();
  const queryKey = relationKey(username, other);
  const { data: relation = NOTHING, isPending } = useQuery<Relation>({
    queryKey,
    queryFn: async () => (await relations.get(other)) ?? NOTHING,
    enabled: other !== username,
    staleTime: STALE_MS,
  });
  const { mutate } = useMutation({
    mutationFn: (change: RelationChange) => call(api, change, other),
    onMutate: async (change) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, applied(change, relation));
      return { before: relation };
    },
    onError: (_error, _change, context) => queries.setQueryData(queryKey, context?.before),
    // Do not read the relation again: an eventually consistent read may not have the change yet.
    onSettled: () => queries.invalidateQueries({ queryKey: ['person', other] }),
    meta: SHOWN,
  });
  return { ...relation, isKnown: !isPending, change: mutate };
};

/** Takes up what has changed on another device. */
export const useRelationsFromElsewhere = (): void => {
  const { client, username } = useSession();
  const queries = useQueryClient();
  useEffect(() => {
    const take = ({ author, follows, muted }: { author: string; follows: boolean; muted: boolean }) => {
      queries.setQueryData<Relation>(relationKey(username, author), (known = NOTHING) => ({
        follows,
        muted,
        blocked: known.blocked && !follows,
      }));
    };
    client.on('relation', take);
    return () => void client.off('relation', take);
  }, [client, username, queries]);
};
