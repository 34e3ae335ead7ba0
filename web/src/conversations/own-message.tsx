import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Message } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { EditText } from '../ui/edit-text.tsx';
import { Menu } from '../ui/menu.tsx';
import { SHOWN } from '../ui/problems.ts';
import { type Messages, messagesKey, withMessage, withoutMessage } from './use-conversation.ts';

const paramsOf = ({ conversationId, place }: Message) => ({ id: conversationId, place });

/** The actions on a message of one's own: change and delete. */
export const OwnMessageMenu = ({ message, onEdit }: { message: Message; onEdit: () => void }) => {
  const { api } = useApp();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.call('DELETE /conversations/{id}/messages/{place}', { params: paramsOf(message) }),
    onSuccess: () =>
      queries.setQueryData<Messages>(
        messagesKey(message.conversationId),
        (shown) => shown && withoutMessage(shown, message.place),
      ),
    meta: SHOWN,
  });
  return (
    <Menu label="More about your message">
      <button type="button" onClick={onEdit}>
        Edit
      </button>
      <button type="button" className="danger" onClick={() => remove.mutate()}>
        Delete
      </button>
    </Menu>
  );
};

/** A form in the message's place that changes its text. */
export const EditMessage = ({ message, onDone }: { message: Message; onDone: () => void }) => {
  const { api } = useApp();
  const queries = useQueryClient();
  const edit = useMutation({
    mutationFn: (text: string) =>
      api.call('PATCH /conversations/{id}/messages/{place}', {
        params: paramsOf(message),
        headers: { 'If-Match': `"${message.version}"` },
        body: { text },
      }),
    onSuccess: (changed) => {
      queries.setQueryData<Messages>(
        messagesKey(message.conversationId),
        (shown) => shown && withMessage(shown, changed),
      );
      onDone();
    },
  });
  return <EditText label="Edit the message" text={message.text} saving={edit} onSave={edit.mutate} onCancel={onDone} />;
};
