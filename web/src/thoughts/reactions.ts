import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Thought } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';
import { SHOWN } from '../ui/problems.ts';
import type { ReactionKind } from './reaction-kinds.ts';

const STALE_MS = 300_000;

/** The user's own reaction to a thought, and a function that changes it. */
export const useOwnReaction = ({ author, id }: Thought) => {
  const { api } = useApp();
  const { username, reactions, arrivals } = useSession();
  const queries = useQueryClient();
  const queryKey = ['own-reaction', username, id];
  const { data = null } = useQuery<ReactionKind | null>({
    queryKey,
    queryFn: async () => (await reactions.get(id)) ?? null,
    // Do not ask about a thought that has just come: the user has not reacted to it yet.
    ...(arrivals.isFresh(id) && { initialData: null }),
    staleTime: STALE_MS,
  });
  const params = { username: author, id };
  const { mutate } = useMutation({
    mutationFn: (kind: ReactionKind | null) =>
      kind === null
        ? api.call('DELETE /users/{username}/thoughts/{id}/reaction', { params })
        : api.call('PUT /users/{username}/thoughts/{id}/reaction', { params, body: { kind } }),
    onMutate: async (kind) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, kind);
      return { before: data };
    },
    onError: (_error, _kind, context) => queries.setQueryData(queryKey, context?.before ?? null),
    onSettled: () => queries.invalidateQueries({ queryKey: ['thread'] }),
    meta: SHOWN,
  });
  return { kind: data, react: (kind: ReactionKind) => mutate(kind === data ? null : kind) };
};

/** Who has reacted to a thought: the first hundred. */
export const useReactions = ({ author, id }: Thought) => {
  const { api } = useApp();
  return useQuery({
    queryKey: ['thread', id, 'reactions'],
    queryFn: async () => {
      const options = { params: { username: author, id }, query: { limit: 100 } };
      return (await api.call('GET /users/{username}/thoughts/{id}/reactions', options)).items;
    },
  });
};
