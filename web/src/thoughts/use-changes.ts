import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Thought } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { SHOWN } from '../ui/problems.ts';

const paramsOf = ({ author, id }: Pick<Thought, 'author' | 'id'>) => ({ username: author, id });

/** Edits one's own thought. It fails when the thought has been changed meanwhile, on another device say. */
export const useEdit = (thought: Thought) => {
  const { api } = useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      api.call('PATCH /users/{username}/thoughts/{id}', {
        params: paramsOf(thought),
        headers: { 'If-Match': `"${thought.version}"` },
        body: { text },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['thread'] }),
  });
};

export const useDelete = (thought: Thought) => {
  const { api } = useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.call('DELETE /users/{username}/thoughts/{id}', { params: paramsOf(thought) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['thread'] }),
    meta: SHOWN,
  });
};
