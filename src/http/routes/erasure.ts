import * as z from 'zod/mini';
import type { AccountStore } from '../../accounts/account-store.ts';
import { type Erasure, PHASES } from '../../erasure/erasure.ts';
import type { ErasureStore } from '../../erasure/erasure-store.ts';
import type { ConnectionLifecycle } from '../../push/connection-lifecycle.ts';
import { Problem } from '../problems.ts';
import { route } from '../route.ts';

interface Dependencies {
  accounts: AccountStore;
  erasures: ErasureStore;
  lifecycle: ConnectionLifecycle;
}

const ErasureView = z
  .object({
    state: z.enum(['none', 'erasing']).check(z.meta({ description: '`none`: over, or never begun' })),
    startedAt: z.optional(z.string().check(z.meta({ format: 'date-time' }))),
    phase: z.optional(z.enum(PHASES)),
    erased: z.optional(z.int()).check(z.meta({ description: 'How many things are erased so far' })),
  })
  .check(z.meta({ id: 'Erasure' }));

const toView = ({ startedAt, phase, erased }: Erasure) => ({
  state: 'erasing' as const,
  startedAt: new Date(startedAt).toISOString(),
  phase,
  erased,
});

export const erasureRoutes = ({ accounts, erasures, lifecycle }: Dependencies) => ({
  'DELETE /users/me': route({
    summary: 'Erase oneself: everything that one has posted and done, for good',
    auth: 'login',
    responses: { 202: ErasureView },
    problems: ['unknown_user'],
    async handle(_, { identity }) {
      const account = await accounts.find(identity);
      if (!account) throw new Problem('unknown_user', 'This login has no account');
      const erasure = await erasures.begin(identity, account.handle);
      accounts.forget(identity);
      await lifecycle.closeAllOf(account.handle);
      return { status: 202, body: toView(erasure), headers: { location: '/users/me/erasure' } };
    },
  }),

  'GET /users/me/erasure': route({
    summary: 'How far the erasure of oneself is',
    auth: 'login',
    responses: { 200: ErasureView },
    async handle(_, { identity }) {
      const account = await accounts.find(identity);
      const erasure = account && (await erasures.of(account.handle));
      return { status: 200, body: erasure ? toView(erasure) : { state: 'none' } };
    },
  }),
});
