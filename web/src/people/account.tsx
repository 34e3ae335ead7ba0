import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { ApiError } from '../api/api.ts';
import { useApp } from '../app-context.ts';
import type { Login } from '../login/login.ts';
import { Failure, Loading } from '../ui/notice.tsx';

const HANDLE = '[a-z0-9_]{2,30}';

/** Makes a valid handle from the login's name, as a suggestion. */
const suggestionOf = (name = ''): string =>
  (name.split('@')[0] ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '')
    .slice(0, 30);

/** A form in which somebody who has no handle yet chooses one. */
const ChooseHandle = ({ login }: { login: Login }) => {
  const { api, login: session } = useApp();
  const queries = useQueryClient();
  const claim = useMutation({
    mutationFn: (handle: string) => api.call('PUT /users/me/handle', { body: { handle } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['me'] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    claim.mutate(String(new FormData(event.currentTarget).get('handle')));
  };
  return (
    <main className="handle">
      <form className="edit" onSubmit={submit}>
        <h1>What shall we call you?</h1>
        <p className="hint">This is how others find you. It stays yours, and can’t be changed.</p>
        <label>
          Handle
          <input
            name="handle"
            required
            pattern={HANDLE}
            title="2 to 30 of a to z, 0 to 9 and _"
            defaultValue={suggestionOf(login.claimedName)}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        {claim.error && <p role="alert">{claim.error.message}</p>}
        <div className="row">
          <button type="submit" className="button button-strong" disabled={claim.isPending}>
            Take it
          </button>
          <button type="button" className="button" onClick={() => void session.signOut()}>
            Log out
          </button>
        </div>
      </form>
    </main>
  );
};

/** Reads the handle of the logged-in person before anything else is shown. */
export const Account = ({ login, children }: { login: Login; children: (username: string) => ReactNode }) => {
  const { api } = useApp();
  const { data, error, refetch } = useQuery({
    queryKey: ['me', login.sub],
    queryFn: () => api.call('GET /users/me'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (data) return children(data.username);
  if (error instanceof ApiError && error.code === 'handle_required') return <ChooseHandle login={login} />;
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return <Loading />;
};
