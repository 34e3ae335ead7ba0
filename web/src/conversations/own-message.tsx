import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Message } from '../api/types.ts';
import { useApp } from '../app-context.ts';
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
  const [text, setText] = useState(message.text);
  const edit = useMutation({
    mutationFn: () =>
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate();
  };
  return (
    <form className="edit" onSubmit={submit}>
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        aria-label="Edit the message"
        dir="auto"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && onDone()}
      />
      {edit.error && <p role="alert">{edit.error.message}</p>}
      <div className="row">
        <button
          type="submit"
          className="button button-small button-strong"
          disabled={text.trim() === '' || edit.isPending}
        >
          Save
        </button>
        <button type="button" className="button button-small" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
};
