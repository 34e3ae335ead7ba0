import { beforeEach, describe, expect, it } from 'vitest';
import { hasEntries, MAX_CONNECTIONS } from '../../../src/connections/presence.ts';
import { TICKET_SECONDS } from '../../../src/connections/ticket-store.ts';
import { keys } from '../../../src/keys/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import { createWorld, dump, type MakeTable, times, type World } from '../world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Who is online, and who may come in, whatever the table is. */
export const presenceContract = (makeTable: MakeTable) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(await makeTable());
  });

  const live = (connectionId: string) => {
    const now = world.runtime.now();
    return { connectionId, connectedAt: now, authExpiresAt: now + HOUR };
  };

  describe('the presence of a user', () => {
    const presenceOf = async (username: string) =>
      (await world.presence.of([username], { consistent: true })).get(username);
    const connectionIds = async (username: string) =>
      (await presenceOf(username))?.connections.map(({ connectionId }) => connectionId);

    it('does not exist until the user is seen, and then says for which time there are entries', async () => {
      expect(await presenceOf('bob')).toBeUndefined();
      const seen = await world.presence.seen('bob');
      const now = world.runtime.now();
      expect(seen).toEqual({
        username: 'bob',
        entriesFrom: now + MINUTE,
        entriesUntil: now + 30 * DAY,
        connections: [],
      });
      expect(await presenceOf('bob')).toEqual(seen);
    });

    it('is written at most once a day', async () => {
      await world.presence.seen('bob');
      const before = await dump(world.table);
      world.runtime.pass(DAY);
      await world.presence.seen('bob');
      expect(await dump(world.table)).toEqual(before);
      world.runtime.pass(1);
      expect((await world.presence.seen('bob')).entriesUntil).toBe(world.runtime.now() + 30 * DAY);
      expect(await dump(world.table)).not.toEqual(before);
    });

    it('has a new `entriesFrom` after a long absence, and not after a short one', async () => {
      const { entriesFrom } = await world.presence.seen('bob');
      world.runtime.pass(30 * DAY);
      expect((await world.presence.seen('bob')).entriesFrom).toBe(entriesFrom);
      world.runtime.pass(30 * DAY + 1);
      const { presence } = await world.presence.connected('bob', live('c1'));
      expect(presence.entriesFrom).toBe(world.runtime.now() + MINUTE);
    });

    it('of the first edition has no entries, keeps its connections, and is written anew when seen', async () => {
      const connections = [live('c1')];
      const first = { ...keys.presence('bob'), type: 'presence', username: 'bob', version: 7, connections };
      const put = { ...first, lastSeenAt: world.runtime.now() - DAY, needsRebuild: false } as Item;
      await world.table.write([{ put }]);
      expect(await presenceOf('bob')).toEqual({ username: 'bob', entriesFrom: 0, entriesUntil: 0, connections });
      expect(hasEntries(await presenceOf('bob'), world.runtime.now())).toBe(false);
      const seen = await world.presence.seen('bob');
      expect(seen).toMatchObject({ entriesFrom: world.runtime.now() + MINUTE, connections });
      expect(await presenceOf('bob')).toEqual(seen);
    });

    it('that the release before has written is read; what this release writes, the release before reads', async () => {
      const { connectionId, ...times } = live('c1');
      const earlier = { ...keys.presence('bob'), type: 'presence', username: 'bob', version: 7 };
      await world.table.write([{ put: { ...earlier, connections: [{ cid: connectionId, ...times }] } as Item }]);
      expect((await presenceOf('bob'))?.connections).toEqual([live('c1')]);
      await world.presence.connected('bob', live('c2'));
      expect(await connectionIds('bob')).toEqual(['c1', 'c2']);
      const stored = await world.table.get<Item & { connections: { cid: string }[] }>(keys.presence('bob'));
      expect(stored?.connections.map(({ cid }) => cid)).toEqual(['c1', 'c2']);
    });

    it('lists the connections that are open', async () => {
      await world.presence.connected('bob', live('c1'));
      await world.presence.connected('bob', live('c2'));
      await world.presence.connected('bob', live('c2'));
      expect(await connectionIds('bob')).toEqual(['c1', 'c2']);
      await world.presence.disconnected('bob', 'c1');
      await world.presence.disconnected('bob', 'c1');
      await world.presence.disconnected('nobody', 'c1');
      expect(await connectionIds('bob')).toEqual(['c2']);
      expect(await presenceOf('nobody')).toBeUndefined();
    });

    it('lists all of ten connections that open at once', async () => {
      await Promise.all(times(10, (at) => world.presence.connected('bob', live(`c${at}`))));
      expect((await connectionIds('bob'))?.sort()).toEqual(times(10, (at) => `c${at}`));
      await Promise.all(times(9, (at) => world.presence.disconnected('bob', `c${at}`)));
      expect(await connectionIds('bob')).toEqual(['c9']);
    });

    it('lists at most twenty connections and drops the oldest', async () => {
      const dropped: string[] = [];
      for (let at = 0; at <= MAX_CONNECTIONS; at++) {
        const change = await world.presence.connected('bob', live(`c${at}`));
        dropped.push(...change.dropped.map(({ connectionId }) => connectionId));
      }
      expect(dropped).toEqual(['c0']);
      expect(await connectionIds('bob')).toEqual(times(MAX_CONNECTIONS, (at) => `c${at + 1}`));
    });

    it('drops connections older than two hours when another opens', async () => {
      await world.presence.connected('bob', live('old'));
      world.runtime.pass(HOUR);
      await world.presence.connected('bob', live('young'));
      world.runtime.pass(HOUR);
      await world.presence.connected('bob', live('new'));
      expect(await connectionIds('bob')).toEqual(['young', 'new']);
    });

    it('is read for many users at once', async () => {
      for (const name of ['alice', 'bob']) await world.presence.seen(name);
      const found = await world.presence.of([...times(150, (at) => `user_${at}`), 'alice', 'bob']);
      expect([...found.keys()].sort()).toEqual(['alice', 'bob']);
    });
  });

  describe('a ticket', () => {
    const holder = () => ({ username: 'bob', authExpiresAt: world.runtime.now() + HOUR });

    it('opens one connection', async () => {
      const ticket = await world.tickets.issue(holder());
      for (let look = 0; look < 2; look++) {
        expect(await world.tickets.holderOf(ticket)).toEqual({ kind: 'valid', holder: holder() });
      }
      expect(await world.tickets.redeem(ticket)).toEqual({ kind: 'redeemed' });
      expect(await world.tickets.redeem(ticket)).toEqual({ kind: 'used' });
      expect(await world.tickets.holderOf(ticket)).toEqual({ kind: 'invalid' });
      expect(await dump(world.table)).toEqual([]);
    });

    it('opens one connection when five use it at once', async () => {
      const ticket = await world.tickets.issue(holder());
      const outcomes = await Promise.all(times(5, () => world.tickets.redeem(ticket)));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['redeemed', ...times(4, () => 'used')]);
    });

    it('that was never issued opens no connection', async () => {
      await world.tickets.issue(holder());
      expect(await world.tickets.holderOf('guess')).toEqual({ kind: 'invalid' });
      expect(await world.tickets.redeem('guess')).toEqual({ kind: 'used' });
      expect((await dump(world.table)).length).toBe(1);
    });

    it('is valid for 30 seconds, whether or not the engine has removed it', async () => {
      const [early, late] = [await world.tickets.issue(holder()), await world.tickets.issue(holder())];
      world.runtime.pass((TICKET_SECONDS - 1) * 1000);
      expect((await world.tickets.holderOf(early)).kind).toBe('valid');
      world.runtime.pass(1000);
      expect(await world.tickets.holderOf(late)).toEqual({ kind: 'invalid' });
    });

    it('is not valid after the login ends', async () => {
      const ticket = await world.tickets.issue({ username: 'bob', authExpiresAt: world.runtime.now() + 1 });
      world.runtime.pass(1);
      expect(await world.tickets.holderOf(ticket)).toEqual({ kind: 'invalid' });
    });

    it('is different each time, and is not stored in the table', async () => {
      const tickets = [await world.tickets.issue(holder()), await world.tickets.issue(holder())];
      expect(new Set(tickets).size).toBe(2);
      const stored = JSON.stringify(await dump(world.table));
      for (const ticket of tickets) expect(stored).not.toContain(ticket);
    });
  });
};
