import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_CONNECTIONS } from '../../../src/connections/presence.ts';
import { ConnectionLifecycle } from '../../../src/push/connection-lifecycle.ts';
import { type Item, type Key, TableBusyError, type Write } from '../../../src/table/table.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, dump, times, type World } from '../../support/world.ts';

const HOUR = 3_600_000;

/** A table that takes some writes, and fails from then on as if the process had crashed. */
class CrashingTable extends MemoryTable {
  writesLeft = Number.POSITIVE_INFINITY;

  #use(): void {
    if (this.writesLeft === 0) throw new TableBusyError('The process has crashed');
    this.writesLeft -= 1;
  }

  override async write(writes: Write[]) {
    this.#use();
    return super.write(writes);
  }

  override async batchWrite(writes: ({ put: Item } | { delete: Key })[]): Promise<void> {
    // DynamoDB may have taken a part of a batch.
    for (const write of writes) {
      this.#use();
      await super.batchWrite([write]);
    }
  }
}

let table: CrashingTable;
let world: World;
let sockets: FakeSockets;
let lifecycle: ConnectionLifecycle;
beforeEach(() => {
  table = new CrashingTable();
  world = createWorld(table);
  sockets = new FakeSockets();
  lifecycle = new ConnectionLifecycle({ ...world, sockets });
});

const ticket = () => world.tickets.issue({ username: 'bob', authExpiresAt: world.runtime.now() + HOUR });
const open = async (connectionId: string) => lifecycle.open(connectionId, await ticket());
const presentIds = async () =>
  ((await world.presence.of(['bob'])).get('bob')?.connections ?? []).map(({ connectionId }) => connectionId);
const typesOf = async () => (await dump(table)).map(({ type }) => type);

/** Runs `work` with one write more each time, until it does not crash. @returns how many writes it took */
const crashAtEach = async (prepare: () => Promise<void>, work: () => Promise<unknown>, after: () => Promise<void>) => {
  for (let writes = 0; ; writes++) {
    table.items.clear();
    await prepare();
    table.writesLeft = writes;
    const crashed = await work().then(
      () => false,
      () => true,
    );
    table.writesLeft = Number.POSITIVE_INFINITY;
    await after();
    if (!crashed) return writes;
  }
};

describe('a connection', () => {
  it('is opened by a ticket once', async () => {
    const once = await ticket();
    expect(await lifecycle.open('c1', once)).toEqual({ kind: 'opened' });
    expect(await lifecycle.open('c2', once)).toEqual({ kind: 'invalid_ticket' });
    expect(await presentIds()).toEqual(['c1']);
    expect(await lifecycle.find('c1')).toMatchObject({ kind: 'open', connection: { username: 'bob' } });
    expect(await lifecycle.find('c2')).toEqual({ kind: 'not_connected' });
  });

  it('leaves nothing when another came first with the same ticket', async () => {
    const once = await ticket();
    const { holderOf } = world.tickets;
    // Both have read the ticket before one of them uses it.
    const late = new ConnectionLifecycle({
      ...world,
      sockets,
      tickets: Object.assign(Object.create(world.tickets), {
        holderOf: async (name: string) => {
          const holder = await holderOf.call(world.tickets, name);
          await lifecycle.open('c1', name);
          return holder;
        },
        redeem: (name: string) => world.tickets.redeem(name),
      }),
    });
    expect(await late.open('c2', once)).toEqual({ kind: 'used_ticket' });
    expect(await presentIds()).toEqual(['c1']);
    expect(await typesOf()).toEqual(['connection', 'presence']);
  });

  it('is told that its login has ended, from that moment on', async () => {
    await open('c1');
    world.runtime.pass(HOUR - 1);
    expect(await lifecycle.find('c1')).toMatchObject({ kind: 'open' });
    world.runtime.pass(1);
    expect(await lifecycle.find('c1')).toEqual({ kind: 'login_expired' });
  });

  it('gives way to younger ones, of its own user only', async () => {
    await open('c0');
    await lifecycle.open(
      'of-carol',
      await world.tickets.issue({ username: 'carol', authExpiresAt: Date.now() + HOUR }),
    );
    for (const id of times(MAX_CONNECTIONS, (at) => `younger-${at}`)) await open(id);
    expect([sockets.closed, sockets.lastCodes]).toEqual([['c0'], ['replaced']]);
    expect(await lifecycle.find('c0')).toEqual({ kind: 'not_connected' });
    expect(await lifecycle.find('of-carol')).toMatchObject({ kind: 'open' });
  });

  it('is opened also when the oldest one, which gives way to it, cannot be ended for now', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    for (const id of times(MAX_CONNECTIONS, (at) => `c${at}`)) await open(id);
    const once = await ticket();
    // The item, the presence and the ticket are written; the table takes no more.
    table.writesLeft = 3;
    expect(await lifecycle.open('younger', once)).toEqual({ kind: 'opened' });
    table.writesLeft = Number.POSITIVE_INFINITY;
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
    expect(await presentIds()).not.toContain('c0');
    const oldest = await lifecycle.find('c0');
    expect(oldest.kind === 'open' && (await lifecycle.isReplaced(oldest.connection))).toBe(true);
  });

  it('ends with all others of its user at a sign-out, each told why', async () => {
    await open('c1');
    await open('c2');
    await world.connections.subscribe('c1', 'topic:aws');
    expect(await lifecycle.closeAllOf('bob')).toBe(2);
    expect([sockets.closed, sockets.lastCodes]).toEqual([
      ['c1', 'c2'],
      ['signed_out', 'signed_out'],
    ]);
    expect(await typesOf()).toEqual(['presence']);
    expect(await lifecycle.closeAllOf('bob')).toBe(0);
  });
});

describe('a crash at any write', () => {
  it('while a connection opens leaves an item on which a missed push can be marked, wherever presence has it', async () => {
    let once = '';
    const writes = await crashAtEach(
      async () => {
        once = await ticket();
      },
      () => lifecycle.open('c1', once),
      async () => {
        if ((await presentIds()).length > 0) expect(await lifecycle.find('c1')).toMatchObject({ kind: 'open' });
      },
    );
    expect(writes).toBe(3);
  });

  it('while one ends is repaired by the 410 of the next push', async () => {
    const now = world.runtime.now();
    const connection = { connectionId: 'c1', username: 'bob', connectedAt: now, authExpiresAt: now + HOUR };
    const writes = await crashAtEach(
      async () => {
        await open('c1');
        await world.connections.subscribeAll('c1', ['topic:aws', 'author:alice', 'all']);
      },
      () => lifecycle.disconnected('c1'),
      async () => {
        const found = [...(await typesOf())].filter((type) => type === 'subscription');
        // A push finds it by presence, or by a subscription.
        if (found.length > 0 || (await presentIds()).length > 0) await lifecycle.gone(connection);
        expect(await presentIds()).toEqual([]);
        expect((await typesOf()).filter((type) => type !== 'presence' && type !== 'connection-channel')).toEqual([]);
      },
    );
    expect(writes).toBe(8);
  });
});
