import { describe, expect, inject, it } from 'vitest';
import { fetchToken } from '../../local/issuer.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../src/dynamodb/sdk-dynamo-db.ts';
import { keys } from '../../src/keys/keys.ts';
import type { Item } from '../../src/table/table.ts';
import { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { freshName, isListed, Listener, newUser, newUsers } from '../support/people.ts';
import { handshakeStatus, RawSocket } from '../support/raw-socket.ts';
import { engineClient } from '../support/real-table.ts';

const stack = inject('stack');
const table = new DynamoTable({
  dynamoDb: throughSdk(engineClient(stack.dynamodb, inject('access'))),
  name: stack.table,
});

type PresenceItem = Item & { connections: { connectionId: string }[] };

/** Whether it is the function's 401 or the gateway's 403, a gateway decides. */
const isRefusal = (status: number | undefined): boolean => status === 401 || status === 403;

const connectionsOf = async ({ username }: Api): Promise<string[]> => {
  const item = await table.get<PresenceItem>(keys.presence(username), { consistent: true });
  return item?.connections.map(({ connectionId }) => connectionId) ?? [];
};

const rowsOf = async (pk: string): Promise<Item[]> => table.query({ pk, consistent: true });

/** A socket of a login that soon ends: after 2 seconds, or later where a login of 2 seconds is over before the socket is open. */
const openBriefly = async (name: string, seconds = 2): Promise<{ socket: RawSocket; expiresAt: number }> => {
  const brief = new Api(stack, name, await fetchToken(stack.issuer, name, seconds));
  const expiresAt = Date.now() + (seconds + 1) * 1_000;
  try {
    return { socket: await RawSocket.open(stack, brief), expiresAt };
  } catch (error) {
    if (seconds > 20) throw error;
    return openBriefly(name, 2 * seconds);
  }
};

describe('A connection', () => {
  it('leaves nothing in the table when it is cut', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const channels = [`author:${alice.username}`, `topic:${alice.username}`];
    const socket = await RawSocket.open(stack, bob);
    for (const channel of channels) await socket.request({ action: 'subscribe', channel });
    const [connectionId = ''] = await connectionsOf(bob);
    const partitions = [
      keys.connection(connectionId).pk,
      ...channels.map((channel) => keys.subscription(channel, connectionId).pk),
    ];
    const count = async () => (await Promise.all(partitions.map(rowsOf))).map((rows) => rows.length);
    expect(await count()).toEqual([3, 1, 1]);
    socket.cut();
    await waitFor('the rows to go', async () => (await count()).every((rows) => rows === 0));
    await waitFor('the presence to go', async () => (await connectionsOf(bob)).length === 0);
  });

  it('takes no other connection of its user with it when it is cut', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    await bob.follow(alice.username);
    const [first, second] = [await RawSocket.open(stack, bob), await RawSocket.open(stack, bob)];
    expect(await connectionsOf(bob)).toHaveLength(2);
    first.cut();
    await waitFor('one to go', async () => (await connectionsOf(bob)).length === 1);
    const { body } = await alice.post('to who is left');
    await second.hears(body.id);
    expect(first.events).toEqual([]);
  });

  it('that comes back is told what it has missed, once and in order', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    await bob.follow(alice.username);
    const first = await Listener.start(bob);
    const seen = await first.hears((await alice.post('1')).body.id);
    first.client.close();
    await waitFor('it to be gone', async () => (await connectionsOf(bob)).length === 0);
    const missed = [(await alice.post('2')).body.id, (await alice.post('3')).body.id];
    for (const id of missed) await isListed(bob, '/timeline', id);
    const second = await Listener.start(bob, { since: seen.id });
    const next = (await alice.post('4')).body.id;
    await second.hears(next);
    const heard = second.events.map(({ thoughtId }) => thoughtId).filter((id) => id !== seen.thoughtId);
    expect(heard).toEqual([...missed, next]);
  });

  it('is closed by the first event after its login has ended', async () => {
    const name = freshName('alice');
    const lasting = await Api.login(stack, name);
    const { socket, expiresAt } = await openBriefly(name);
    await waitFor('the login to end', () => Date.now() > expiresAt);
    await lasting.post('not for that socket');
    await waitFor('the socket to close', () => socket.closeCode !== undefined);
    expect(socket.closeCode).toBe(1000);
    expect(socket.events).toEqual([]);
    expect(socket.frames).toMatchObject([{ type: 'error', code: 'login_expired' }]);
    await waitFor('the presence to go', async () => (await connectionsOf(lasting)).length === 0);
  });

  it('is one of at most twenty of its user: the 21st ends the oldest', async () => {
    const alice = await newUser(stack, 'alice');
    const sockets: RawSocket[] = [];
    for (let device = 0; device < 21; device++) sockets.push(await RawSocket.open(stack, alice));
    expect(await connectionsOf(alice)).toHaveLength(20);
    const { body } = await alice.post('to twenty');
    for (const socket of sockets.slice(1)) await socket.hears(body.id);
    expect(sockets[0]?.events).toEqual([]);
    expect(sockets[0]?.frames).toMatchObject([{ type: 'error', code: 'replaced' }]);
    expect((await alice.request('DELETE', '/connections')).status).toBe(204);
    await waitFor('the others to close', () => sockets.every(({ closeCode }) => closeCode !== undefined));
    expect(sockets[1]?.frames.at(-1)).toMatchObject({ type: 'error', code: 'signed_out' });
  });

  it('gets an answer to its heartbeat without an invocation of a function', async () => {
    const socket = await RawSocket.open(stack, await newUser(stack, 'alice'));
    expect(await socket.answerTo('{"action":"heartbeat"}')).toEqual({ type: 'heartbeat' });
  });

  it("is told of its user's unfollow on every device", async () => {
    const alice = await newUser(stack, 'alice');
    await alice.post('the first');
    const bob = await newUser(stack, 'bob');
    await bob.follow(alice.username);
    const socket = await RawSocket.open(stack, bob);
    const told = (follows: boolean, muted: boolean) =>
      waitFor(`${follows} ${muted}`, () => {
        const text = JSON.stringify({ type: 'relation', author: alice.username, follows, muted });
        return socket.frames.some((frame) => JSON.stringify(frame) === text);
      });
    expect((await bob.request('PUT', `/users/${alice.username}/mute`)).status).toBe(204);
    await told(true, true);
    expect((await bob.request('DELETE', `/users/${alice.username}/follow`)).status).toBe(204);
    await told(false, false);
  });

  it('learns from its ticket when the login ends', async () => {
    const alice = await newUser(stack, 'alice');
    const { body } = await alice.must('POST', '/tickets');
    expect(Date.parse(body.loginExpiresAt)).toBeGreaterThan(Date.now());
  });
});

describe('A handshake', () => {
  it('is let in with a ticket, and with the same ticket only once', async () => {
    const ticket = await (await newUser(stack, 'alice')).ticket();
    expect(await handshakeStatus(stack, ticket)).toBe(101);
    expect(await handshakeStatus(stack, ticket)).toSatisfy(isRefusal);
  });

  it('lets in one of two that come with the same ticket at once', async () => {
    const ticket = await (await newUser(stack, 'alice')).ticket();
    const statuses = await Promise.all([handshakeStatus(stack, ticket), handshakeStatus(stack, ticket)]);
    const [letIn, refused] = statuses.toSorted();
    expect(letIn).toBe(101);
    expect(refused).toSatisfy(isRefusal);
  });

  it('is refused without a ticket, with an empty one, and with a forged one', async () => {
    const ticket = await (await newUser(stack, 'alice')).ticket();
    const forged = `${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}`;
    const statuses = [undefined, '', forged, '../x', 'x'.repeat(2_000)].map((text) => handshakeStatus(stack, text));
    for (const status of await Promise.all(statuses)) expect(status).toSatisfy(isRefusal);
    expect(await handshakeStatus(stack, ticket)).toBe(101);
  });
});
