import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useApp } from '../app-context.ts';
import { CONVERSATIONS } from './names.ts';
import { detailsKey, messagesKey } from './use-conversation.ts';

/** A group that the person has left: it can be read until the person removes it. */
export const LeftConversation = ({ id }: { id: string }) => {
  const { api } = useApp();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const remove = useMutation({
    mutationFn: () => api.call('DELETE /conversations/{id}', { params: { id } }),
    onSuccess: () => {
      go(CONVERSATIONS, { replace: true });
      for (const queryKey of [detailsKey(id), messagesKey(id)]) queries.removeQueries({ queryKey });
      return queries.invalidateQueries({ queryKey: ['inbox'] });
    },
  });
  return (
    <div className="left-conversation">
      <p className="hint">You have left this group. You can read what was said until then.</p>
      {remove.error && <p role="alert">{remove.error.message}</p>}
      <button type="button" className="button button-small" disabled={remove.isPending} onClick={() => remove.mutate()}>
        Remove from your conversations
      </button>
    </div>
  );
};
