import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ConversationDetails } from '../api/types.ts';
import { useApp } from '../app-context.ts';
import { Menu } from '../ui/menu.tsx';
import { SHOWN } from '../ui/problems.ts';
import { detailsKey } from './use-conversation.ts';

type Asking = 'name' | 'member' | undefined;

/** What a member can do with a group: add somebody, rename it, leave it. */
export const ConversationMenu = ({ details: { id, name, members } }: { details: ConversationDetails }) => {
  const { api } = useApp();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<Asking>();
  const onSettled = () => queries.invalidateQueries({ queryKey: detailsKey(id) });
  const change = useMutation({
    mutationFn: (value: string) =>
      asking === 'name'
        ? api.call('PATCH /conversations/{id}', { params: { id }, body: { name: value } })
        : api.call('PUT /conversations/{id}/members/{username}', { params: { id, username: value } }),
    onSuccess: () => setAsking(undefined),
    onSettled,
  });
  const leave = useMutation({
    mutationFn: () => api.call('DELETE /conversations/{id}/members/me', { params: { id } }),
    onSettled,
    meta: SHOWN,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate(String(new FormData(event.currentTarget).get('value')).trim());
  };
  return (
    <>
      <span className="quiet">{members.length} members</span>
      <Menu label="More about this group">
        <button type="button" onClick={() => setAsking('member')}>
          Add somebody
        </button>
        <button type="button" onClick={() => setAsking('name')}>
          Rename
        </button>
        <button type="button" className="danger" onClick={() => leave.mutate()}>
          Leave
        </button>
      </Menu>
      {asking && (
        <form className="edit ask" onSubmit={submit}>
          <label>
            {asking === 'name' ? 'Name of the group' : 'Who'}
            <input name="value" required defaultValue={asking === 'name' ? name : ''} key={asking} />
          </label>
          {change.error && <p role="alert">{change.error.message}</p>}
          <div className="row">
            <button type="submit" className="button button-small button-strong">
              {asking === 'name' ? 'Rename' : 'Add'}
            </button>
            <button type="button" className="button button-small" onClick={() => setAsking(undefined)}>
              Cancel
            </button>
          </div>
        </form>
      )}
    </>
  );
};
