import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_CONNECTIONS } from '../../../src/connections/presence.ts';
import { TICKET_SECONDS } from '../../../src/connections/ticket-store.ts';
import { createWorld, dump, type MakeTable, times, type World } from '../world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Who is online, and who may come in, whatever the table is. */
export const presenceContract = (makeTable: MakeTable) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(await makeTable());
  });

  const live = (cid: string) => {
    const now = world.runtime.now();
    return { cid, connectedAt: now, authExpiresAt: now + HOUR };
  };

  describe('the presence of a user', () => {
    const presenceOf = async (username: string) =>
      (await world.presence.of([username], { consistent: true })).get(username);
    const cids = async (username: string) => (await presenceOf(username))?.connections.map(({ cid }) => cid);

    it('is unknown until the user was seen, and then wants the timeline rebuilt', async () => {
      expect(await presenceOf('bob')).toBeUndefined();
      const seen = await world.presence.seen('bob');
      expect(seen).toEqual({ username: 'bob', lastSeenAt: world.runtime.now(), needsRebuild: true, connections: [] });
      expect(await presenceOf('bob')).toEqual(seen);
      await world.presence.rebuilt('bob');
      expect(await presenceOf('bob')).toEqual({ ...seen, needsRebuild: false });
    });

    it('is written once a day at the most', async () => {
      await world.presence.seen('bob');
      const before = await dump(world.table);
      world.runtime.pass(DAY);
      await world.presence.seen('bob');
      expect(await dump(world.table)).toEqual(before);
      world.runtime.pass(1);
      expect((await world.presence.seen('bob')).lastSeenAt).toBe(world.runtime.now());
      expect(await dump(world.table)).not.toEqual(before);
    });

    it('wants a rebuild again after a long absence, and not after a short one', async () => {
      await world.presence.seen('bob');
      await world.presence.rebuilt('bob');
      world.runtime.pass(30 * DAY);
      expect((await world.presence.seen('bob')).needsRebuild).toBe(false);
      world.runtime.pass(30 * DAY + 1);
      expect((await world.presence.connected('bob', live('c1'))).presence.needsRebuild).toBe(true);
    });

    it('knows the connections that came and went', async () => {
      await world.presence.connected('bob', live('c1'));
      await world.presence.connected('bob', live('c2'));
      await world.presence.connected('bob', live('c2'));
      expect(await cids('bob')).toEqual(['c1', 'c2']);
      await world.presence.disconnected('bob', 'c1');
      await world.presence.disconnected('bob', 'c1');
      await world.presence.disconnected('nobody', 'c1');
      expect(await cids('bob')).toEqual(['c2']);
      expect(await presenceOf('nobody')).toBeUndefined();
    });

    it('loses no connection of ten that come at once', async () => {
      await Promise.all(times(10, (at) => world.presence.connected('bob', live(`c${at}`))));
      expect((await cids('bob'))?.sort()).toEqual(times(10, (at) => `c${at}`));
      await Promise.all(times(9, (at) => world.presence.disconnected('bob', `c${at}`)));
      expect(await cids('bob')).toEqual(['c9']);
    });

    it('has twenty connections at the most: the oldest gives way', async () => {
      const dropped: string[] = [];
      for (let at = 0; at <= MAX_CONNECTIONS; at++) {
        const change = await world.presence.connected('bob', live(`c${at}`));
        dropped.push(...change.dropped.map(({ cid }) => cid));
      }
      expect(dropped).toEqual(['c0']);
      expect(await cids('bob')).toEqual(times(MAX_CONNECTIONS, (at) => `c${at + 1}`));
    });

    it('forgets connections that must be over when another comes', async () => {
      await world.presence.connected('bob', live('old'));
      world.runtime.pass(HOUR);
      await world.presence.connected('bob', live('young'));
      world.runtime.pass(HOUR);
      await world.presence.connected('bob', live('new'));
      expect(await cids('bob')).toEqual(['young', 'new']);
    });

    it('is told of many users at once', async () => {
      for (const name of ['alice', 'bob']) await world.presence.seen(name);
      const found = await world.presence.of([...times(150, (at) => `user_${at}`), 'alice', 'bob']);
      expect([...found.keys()].sort()).toEqual(['alice', 'bob']);
    });
  });

  describe('a ticket', () => {
    const holder = () => ({ username: 'bob', authExpiresAt: world.runtime.now() + HOUR });

    it('lets its holder in once', async () => {
      const ticket = await world.tickets.issue(holder());
      expect(await world.tickets.redeem(ticket)).toEqual({ kind: 'redeemed', holder: holder() });
      expect(await world.tickets.redeem(ticket)).toEqual({ kind: 'invalid' });
      expect(await dump(world.table)).toEqual([]);
    });

    it('lets one of five in who come at once', async () => {
      const ticket = await world.tickets.issue(holder());
      const outcomes = await Promise.all(times(5, () => world.tickets.redeem(ticket)));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual([...times(4, () => 'invalid'), 'redeemed']);
    });

    it('that was never issued lets nobody in', async () => {
      await world.tickets.issue(holder());
      expect(await world.tickets.redeem('guess')).toEqual({ kind: 'invalid' });
      expect((await dump(world.table)).length).toBe(1);
    });

    it('holds for half a minute, whether or not the engine has removed it', async () => {
      const [early, late] = [await world.tickets.issue(holder()), await world.tickets.issue(holder())];
      world.runtime.pass((TICKET_SECONDS - 1) * 1000);
      expect((await world.tickets.redeem(early)).kind).toBe('redeemed');
      world.runtime.pass(1000);
      expect(await world.tickets.redeem(late)).toEqual({ kind: 'invalid' });
    });

    it('holds no longer than the login behind it', async () => {
      const ticket = await world.tickets.issue({ username: 'bob', authExpiresAt: world.runtime.now() + 1 });
      world.runtime.pass(1);
      expect(await world.tickets.redeem(ticket)).toEqual({ kind: 'invalid' });
    });

    it('is another each time, and is nowhere in the table', async () => {
      const tickets = [await world.tickets.issue(holder()), await world.tickets.issue(holder())];
      expect(new Set(tickets).size).toBe(2);
      const stored = JSON.stringify(await dump(world.table));
      for (const ticket of tickets) expect(stored).not.toContain(ticket);
    });
  });
};
