import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_CONNECTIONS } from '../../../src/connections/presence.ts';
import { type Item, type Key, TableBusyError } from '../../../src/table/table.ts';
import { createWebSocketHandler } from '../../../src/websocket/handler.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { FakeSockets, socketsOf } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post } from '../../support/world.ts';

const HOUR = 3_600_000;
const CID = 'socket-1';

/** A table that can fail. */
class FaultyTable extends MemoryTable {
  fault: Error | undefined;
  override async get<T extends Item>(key: Key): Promise<T | undefined> {
    if (this.fault) throw this.fault;
    return super.get<T>(key);
  }
}

let table: FaultyTable;
let world: ReturnType<typeof createWorld>;
let sockets: FakeSockets;
let handler: ReturnType<typeof createWebSocketHandler>;
beforeEach(() => {
  table = new FaultyTable();
  world = createWorld(table);
  sockets = new FakeSockets();
  handler = createWebSocketHandler({
    ...world,
    resumer: new Resumer(world),
    ...socketsOf(world, sockets),
  });
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => void vi.restoreAllMocks());

const call = (routeKey: string, more: object = {}, connectionId = CID) =>
  handler({ requestContext: { routeKey, connectionId }, ...more } as unknown as Parameters<typeof handler>[0]);
const connect = async () => {
  const ticket = await world.tickets.issue({ username: 'bob', authExpiresAt: world.runtime.now() + HOUR });
  return call('$connect', { queryStringParameters: { ticket } });
};
const send = async (frame: object) => JSON.parse((await call('$default', { body: JSON.stringify(frame) })).body ?? '');
const since = () => world.runtime.newId();

describe('the WebSocket function', () => {
  it('answers every action while the login holds', async () => {
    expect(await connect()).toEqual({ statusCode: 200 });
    expect(await send({ action: 'ping', id: '1' })).toMatchObject({ type: 'pong', id: '1' });
    expect(await send({ action: 'subscribe', channel: 'all' })).toMatchObject({ type: 'ack', channel: 'all' });
    expect(await send({ action: 'resume', since: since() })).toMatchObject({ type: 'events', events: [] });
    expect(sockets.closed).toEqual([]);
  });

  it.each([
    ['ping', {}],
    ['subscribe', { channel: 'all' }],
    ['unsubscribe', { channel: 'all' }],
    ['resume', { since: '01890000-0000-7000-8000-000000000000' }],
  ])('closes the socket in the place of an answer to %s when the login has ended', async (action, more) => {
    await connect();
    world.runtime.pass(HOUR);
    expect(await send({ action, ...more, id: '7' })).toMatchObject({ type: 'error', code: 'login_expired', id: '7' });
    expect([sockets.closed, sockets.lastCodes]).toEqual([[CID], ['login_expired']]);
  });

  it('counts what stands in the timeline behind what a ping names, and names the newest', async () => {
    await connect();
    await world.users.ensure('alice');
    await world.follows.follow('bob', 'alice');
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      world.runtime.pass(1);
      ids.push((await post(world, 'alice')).id);
    }
    // An entry of somebody whom bob does not follow any more counts nothing.
    await world.timelines.addToAll(['bob'], { author: 'carol', id: world.runtime.newId() });
    expect(await send({ action: 'ping' })).not.toHaveProperty('count');
    world.runtime.pass(3_000);
    expect(await send({ action: 'ping', since: ids[0] })).toMatchObject({ count: 2, latest: ids[2] });
    expect(await send({ action: 'ping', since: ids[2] })).toMatchObject({ count: 0, latest: ids[2] });
  });

  it('does not count a thought of the last 3 seconds, because its push may be on its way', async () => {
    await connect();
    await world.users.ensure('alice');
    await world.follows.follow('bob', 'alice');
    const { id: since } = await post(world, 'alice');
    world.runtime.pass(1);
    const { id: latest } = await post(world, 'alice');
    world.runtime.pass(2_999);
    expect(await send({ action: 'check', since })).toMatchObject({ count: 0, latest });
    world.runtime.pass(1);
    expect(await send({ action: 'check', since })).toMatchObject({ count: 1, latest });
  });

  it('closes and deletes the oldest connection when a user has one too many', async () => {
    await connect();
    await world.connections.subscribe(CID, 'all');
    for (let n = 0; n < MAX_CONNECTIONS; n++) {
      const ticket = await world.tickets.issue({ username: 'bob', authExpiresAt: world.runtime.now() + HOUR });
      await call('$connect', { queryStringParameters: { ticket } }, `younger-${n}`);
    }
    expect([sockets.closed, sockets.lastCodes]).toEqual([[CID], ['replaced']]);
    expect(await world.connections.get(CID)).toBeUndefined();
    expect([...table.items.values()].filter(({ type }) => type === 'subscription')).toEqual([]);
  });

  it('closes a connection that was replaced by newer ones of the same user', async () => {
    await connect();
    for (let n = 0; n < MAX_CONNECTIONS; n++) {
      const live = {
        connectionId: `younger-${n}`,
        connectedAt: world.runtime.now(),
        authExpiresAt: world.runtime.now() + HOUR,
      };
      await world.presence.connected('bob', live);
    }
    expect(await send({ action: 'ping' })).toMatchObject({ code: 'replaced' });
    expect(sockets.closed).toEqual([CID]);
  });

  it.each(['ping', 'subscribe', 'resume'])('closes a connection that was deleted: %s', async (action) => {
    const more = { ...(action === 'subscribe' && { channel: 'all' }), ...(action === 'resume' && { since: since() }) };
    expect(await send({ action, ...more })).toMatchObject({ code: 'not_connected' });
    expect(sockets.closed).toEqual([CID]);
  });

  it('answers frames beyond the limit without the table and with their id, and closes the socket after 500 of them', async () => {
    await connect();
    for (let n = 0; n < 650; n++) expect(await send({ action: 'ping' })).toMatchObject({ type: 'pong' });
    table.fault = new Error('The table was asked');
    expect(await send({ action: 'ping', id: '7' })).toMatchObject({ type: 'error', code: 'rate_limited', id: '7' });
    expect(await send({ action: 'nonsense' })).toMatchObject({ code: 'rate_limited' });
    expect(sockets.closed).toEqual([]);
    for (let n = 2; n < 500; n++) await send({ action: 'ping' });
    expect([sockets.closed, sockets.lastCodes]).toEqual([[CID], ['rate_limited']]);
    table.fault = undefined;
    world.runtime.pass(200);
    expect(await send({ action: 'ping' })).toMatchObject({ type: 'pong' });
  });

  it('answers a frame that is too large with its id', async () => {
    await connect();
    const tooLarge = { action: 'history', channel: 'x'.repeat(5_000), id: '7' };
    expect(await send(tooLarge)).toMatchObject({ type: 'error', code: 'frame_too_large', id: '7' });
  });

  it('answers `busy` when the table is busy, and refuses the handshake with 503', async () => {
    await connect();
    table.fault = new TableBusyError('busy');
    expect(await send({ action: 'ping', id: '7' })).toMatchObject({ type: 'error', code: 'busy', id: '7' });
    expect(await call('$connect', { queryStringParameters: { ticket: 'x' } })).toEqual({ statusCode: 503 });
  });

  it('answers an unexpected error without its details', async () => {
    await connect();
    table.fault = new Error('secret');
    const answer = await send({ action: 'ping' });
    expect(answer).toMatchObject({ type: 'error', code: 'internal_error' });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(await call('$connect', { queryStringParameters: { ticket: 'x' } })).toEqual({ statusCode: 500 });
  });
});
