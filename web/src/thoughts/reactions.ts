import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Routes, Thought } from '../api/types.ts';
import { useApp } from '../app-context.ts';

export type ReactionKind = Routes['PUT /users/{username}/thoughts/{id}/reaction']['body']['kind'];

export const REACTIONS: Record<ReactionKind, string> = { like: '👍', love: '❤️', laugh: '😄', wow: '😮', sad: '😢' };

const ownKey = (id: string) => ['own-reaction', id];

/** One's own reaction to a thought, as far as it was given or seen on this page, and how to change it. */
export const useOwnReaction = ({ author, id }: Thought) => {
  const { api } = useApp();
  const queries = useQueryClient();
  const { data } = useQuery<ReactionKind | null>({ queryKey: ownKey(id), queryFn: () => null, enabled: false });
  const params = { username: author, id };
  const { mutate } = useMutation({
    mutationFn: (kind: ReactionKind | null) =>
      kind === null
        ? api.call('DELETE /users/{username}/thoughts/{id}/reaction', { params })
        : api.call('PUT /users/{username}/thoughts/{id}/reaction', { params, body: { kind } }),
    onMutate: (kind) => {
      const before = queries.getQueryData<ReactionKind | null>(ownKey(id)) ?? null;
      queries.setQueryData(ownKey(id), kind);
      return { before };
    },
    onError: (_error, _kind, context) => queries.setQueryData(ownKey(id), context?.before ?? null),
    onSettled: () => queries.invalidateQueries({ queryKey: ['thread'] }),
  });
  return { kind: data ?? null, react: (kind: ReactionKind) => mutate(kind === data ? null : kind) };
};

/** Who has reacted to a thought: the first hundred. */
export const useReactions = ({ author, id }: Thought, username: string | undefined) => {
  const { api } = useApp();
  const queries = useQueryClient();
  return useQuery({
    queryKey: ['thread', id, 'reactions'],
    queryFn: async () => {
      const { items } = await api.call('GET /users/{username}/thoughts/{id}/reactions', {
        params: { username: author, id },
        query: { limit: 100 },
      });
      const own = items.find((item) => item.username === username);
      queries.setQueryData(ownKey(id), own?.kind ?? null);
      return items;
    },
  });
};
