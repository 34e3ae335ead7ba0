import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { AccountStore } from '../accounts/account-store.ts';
import { Handle } from '../accounts/handle.ts';
import { identityOf } from '../accounts/identity.ts';
import type { LoginSettings } from '../settings.ts';
import { Problem } from './problems.ts';
import type { Caller, Login } from './route.ts';

type Claims = Record<string, string | number | boolean | string[] | undefined>;

/**
 * Who the gateway's authorizer says is asking. It gives no event to this function without a token that it has checked.
 * @throws Problem `unauthorized`
 */
export const loginOf = (event: object): Login => {
  const { requestContext } = event as Partial<APIGatewayProxyEventV2WithJWTAuthorizer>;
  const claims = requestContext?.authorizer?.jwt?.claims as Claims | undefined;
  const { iss, sub, exp } = claims ?? {};
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') throw new Problem('unauthorized');
  return { identity: identityOf(iss, sub), authExpiresAt: Number(exp) * 1000, claims: claims ?? {} };
};

interface Dependencies {
  accounts: AccountStore;
  login: LoginSettings;
}

/**
 * Finds the handle of the logged-in person. A person without one gets the handle of the username claim, if it is valid and free.
 * @throws Problem `handle_required`
 */
export const createCallers = ({ accounts, login: { usernameClaim, takesOverProfiles } }: Dependencies) => {
  return async ({ identity, authExpiresAt, claims }: Login): Promise<Caller> => {
    const account = await accounts.find(identity);
    if (account?.erasingSince) throw new Problem('account_erasing');
    if (account) return { username: account.handle, authExpiresAt };
    const handle = Handle.safeParse(claims[usernameClaim]);
    if (!handle.success) throw new Problem('handle_required');
    const outcome = await accounts.claim(identity, handle.data, { takesOverProfile: takesOverProfiles });
    if (outcome.kind === 'claimed') return { username: outcome.account.handle, authExpiresAt };
    // Another request of the same person has claimed another handle meanwhile.
    const claimed = outcome.kind === 'has_another' ? await accounts.find(identity) : undefined;
    if (!claimed) throw new Problem('handle_required');
    return { username: claimed.handle, authExpiresAt };
  };
};
