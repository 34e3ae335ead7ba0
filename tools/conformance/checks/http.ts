import { type Check, expectThat, type Target, withLogin } from '../check.ts';

const statusOf = async ({ http }: Target, path: string, authorization?: string): Promise<number> =>
  (await fetch(`${http}${path}`, { headers: { ...(authorization && { authorization }) } })).status;

export const HTTP: Check[] = [
  {
    rule: 'The authorizer answers 401 without a token, and for what is no token',
    run: async (target) => {
      const statuses = [await statusOf(target, '/timeline'), await statusOf(target, '/timeline', 'Bearer token')];
      return expectThat(statuses.join(', '), '401, 401');
    },
  },
  {
    rule: 'The authorizer lets a token of its issuer pass',
    run: withLogin(async (target, login) =>
      expectThat(String(await statusOf(target, '/timeline', `Bearer ${await login.token()}`)), '200'),
    ),
  },
  {
    rule: 'The authorizer answers 401 for a token that has been changed by one letter',
    run: withLogin(async (target, login) => {
      const [header = '', payload = '', signature = ''] = (await login.token()).split('.');
      // Not the last letter, of which some bits say nothing.
      const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      return expectThat(String(await statusOf(target, '/timeline', `Bearer ${header}.${payload}.${other}`)), '401');
    }),
  },
  {
    rule: 'The authorizer answers 401 for a token that has expired',
    run: withLogin(async (target, login) => {
      if (!login.makesTokens) return { kind: 'not run', why: 'no expired token is at hand' };
      return expectThat(String(await statusOf(target, '/timeline', `Bearer ${await login.token(-3_600)}`)), '401');
    }),
  },
  {
    rule: 'A route that does not exist answers 404 with a message, before any function',
    run: async (target) => expectThat(String(await statusOf(target, '/nowhere')), '404'),
  },
];
