import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_CACHE_MS } from '../../../src/accounts/account-cache.ts';
import { createWorld, dump, type MakeTable, type World } from '../world.ts';

/** Accounts and their handles, whatever the table is. */
export const accountContract = (makeTable: MakeTable) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(await makeTable());
  });

  /** Another process on the same table, which remembers nothing. */
  const elsewhere = () => createWorld(world.table).accounts;

  describe('an account', () => {
    it('is found by its identity once it has claimed a handle, and has a profile', async () => {
      const { accounts, users } = world;
      expect(await accounts.find('a')).toBeUndefined();
      expect(await accounts.claim('a', 'alice')).toEqual({ kind: 'claimed', account: { handle: 'alice' } });
      expect(await accounts.find('a')).toEqual({ handle: 'alice' });
      expect(await elsewhere().find('a')).toEqual({ handle: 'alice' });
      expect(await users.get('alice')).toMatchObject({ username: 'alice', name: 'alice' });
    });

    it('keeps the handle that it has', async () => {
      const { accounts, users } = world;
      await accounts.claim('a', 'alice');
      await users.edit('alice', { bio: 'hello' });
      expect(await elsewhere().claim('a', 'alice')).toEqual({ kind: 'claimed', account: { handle: 'alice' } });
      expect(await accounts.claim('a', 'alina')).toEqual({ kind: 'has_another' });
      expect(await accounts.claim('b', 'alina')).toMatchObject({ kind: 'claimed' });
      expect(await users.get('alice')).toMatchObject({ bio: 'hello' });
    });

    it("does not get another's handle, and a refused claim leaves nothing", async () => {
      const { accounts } = world;
      await accounts.claim('a', 'alice');
      const before = await dump(world.table);
      expect(await accounts.claim('b', 'alice')).toEqual({ kind: 'taken' });
      expect(await accounts.find('b')).toBeUndefined();
      expect(await dump(world.table)).toEqual(before);
    });

    it('is one, and its handle has one owner, when several logins claim at once', async () => {
      const claim = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('xx', 'yy'));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(claim, { minLength: 2, maxLength: 8 }), async (claims) => {
          run++;
          const wanted = claims.map(([who, handle]) => [`${who}${run}`, `${handle}${run}`] as const);
          await Promise.all(wanted.map(([identity, handle]) => elsewhere().claim(identity, handle)));
          const names = [...new Set(wanted.map(([identity]) => identity))];
          const owned = new Map<string, string>();
          for (const name of names) {
            const account = await elsewhere().find(name);
            if (account) owned.set(name, account.handle);
          }
          const handles = [...owned.values()];
          expect(new Set(handles).size).toBe(handles.length);
          // Whoever goes without has asked for what others have now.
          for (const [name, handle] of wanted) expect(owned.has(name) || handles.includes(handle)).toBe(true);
        }),
        { numRuns: 10 },
      );
    });

    it('takes over a profile of the first edition only when it is told to, and only once', async () => {
      const { accounts, users } = world;
      await users.ensure('rita');
      await users.edit('rita', { bio: 'first edition' });
      expect(await accounts.claim('a', 'rita')).toEqual({ kind: 'taken' });
      expect(await accounts.claim('a', 'rita', { takesOverProfile: true })).toMatchObject({ kind: 'claimed' });
      expect(await users.get('rita')).toMatchObject({ bio: 'first edition' });
      expect(await accounts.claim('b', 'rita', { takesOverProfile: true })).toEqual({ kind: 'taken' });
    });

    it('is read from the table at most once a minute', async () => {
      const { accounts, runtime, table } = world;
      await accounts.claim('a', 'alice');
      await accounts.find('a');
      const items = await dump(table);
      await table.batchWrite(items.map(({ pk, sk }) => ({ delete: { pk, sk } })));
      runtime.pass(ACCOUNT_CACHE_MS - 1);
      expect(await accounts.find('a')).toEqual({ handle: 'alice' });
      runtime.pass(1);
      expect(await accounts.find('a')).toBeUndefined();
    });
  });
};
