import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useApp } from '../app-context.ts';
import { CONVERSATIONS, conversationPath } from '../conversations/names.ts';
import { PageHead } from './page.tsx';

const namesIn = (text: string): string[] => text.split(/[\s,@]+/).filter((name) => name !== '');

/** Begins a conversation, with one other person or with several. */
export const NewConversationPage = () => {
  const { api } = useApp();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [people, setPeople] = useState(search.get('with') ?? '');
  // The key is the same for every try, so that the conversation is begun once.
  const key = useRef(crypto.randomUUID());
  const members = namesIn(people);
  const begin = useMutation({
    mutationFn: (body: { members: string[]; text: string; name?: string }) =>
      api.call('POST /conversations', { body, headers: { 'Idempotency-Key': key.current } }),
    onSuccess: ({ conversation }) => {
      void queries.invalidateQueries({ queryKey: ['inbox'] });
      go(conversationPath(conversation.id), { replace: true });
    },
    onError: () => {
      key.current = crypto.randomUUID();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name') ?? '').trim();
    begin.mutate({ members, text: String(form.get('text')), ...(name !== '' && { name }) });
  };
  return (
    <>
      <PageHead title="New conversation" back={{ to: CONVERSATIONS, label: 'All conversations' }} />
      <form className="edit" onSubmit={submit}>
        <label>
          With
          <input
            value={people}
            required
            placeholder="alice, bob"
            autoCapitalize="none"
            onChange={({ target }) => setPeople(target.value)}
          />
        </label>
        {members.length > 1 && (
          <label>
            Name of the group
            <input name="name" maxLength={100} dir="auto" />
          </label>
        )}
        <label>
          First message
          <textarea name="text" required rows={3} dir="auto" />
        </label>
        {begin.error && <p role="alert">{begin.error.message}</p>}
        <div className="row">
          <button type="submit" className="button button-strong" disabled={members.length === 0 || begin.isPending}>
            Send
          </button>
        </div>
      </form>
    </>
  );
};
