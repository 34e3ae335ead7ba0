import { expect, it } from 'vitest';
import { AccountCache } from '../../../src/accounts/account-cache.ts';

it('forgets the accounts that were read longest ago when there are too many', () => {
  const cache = new AccountCache({ now: () => 0 });
  for (let at = 0; at < 10_000; at++) cache.remember(`id-${at}`, { handle: `name_${at}` }, 0);
  cache.remember('id-0', { handle: 'name_0' }, 0);
  cache.remember('one more', { handle: 'more' }, 0);
  expect(cache.get('id-0')).toEqual({ handle: 'name_0' });
  expect(cache.get('id-1')).toBeUndefined();
  expect(cache.get('one more')).toEqual({ handle: 'more' });
});
