import * as z from 'zod/mini';
import type { AccountStore } from '../../accounts/account-store.ts';
import { Handle } from '../../accounts/handle.ts';
import { Problem } from '../problems.ts';
import { route } from '../route.ts';

interface Dependencies {
  accounts: AccountStore;
}

const HandleBody = z.strictObject({ handle: Handle });

export const handleRoutes = ({ accounts }: Dependencies) => ({
  'PUT /users/me/handle': route({
    summary: "Choose one's handle, once",
    auth: 'login',
    body: HandleBody,
    responses: { 204: 'It is yours; the same when it was so before' },
    problems: ['handle_taken', 'handle_chosen'],
    async handle({ body }, { identity }) {
      const outcome = await accounts.claim(identity, body.handle);
      if (outcome.kind === 'taken') throw new Problem('handle_taken');
      if (outcome.kind === 'has_another') throw new Problem('handle_chosen');
      return { status: 204 };
    },
  }),
});
