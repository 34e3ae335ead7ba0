import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../../src/dynamodb/sdk-dynamo-db.ts';
import { keys } from '../../../src/keys/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import { waitFor } from '../../support/measure.ts';
import { type Check, expectThat, type Login, type Outcome, type Target, withLogin } from '../check.ts';

/** Over what @connections takes: 128 KB. */
const TOO_LARGE = 'x'.repeat(129 * 1024);
const WITHIN_MS = 15_000;

interface Connection {
  connectionId: string;
  heard: string[];
  closed: () => boolean;
}

/** Opens a connection as a client does; its id stands with its user's presence. */
const connect = async (
  { http, websocket, dynamodb, table }: Target,
  { username, token }: Login,
  act: (connection: Connection) => Promise<Outcome>,
): Promise<Outcome> => {
  const headers = { authorization: `Bearer ${await token()}` };
  const { ticket } = (await (await fetch(`${http}/tickets`, { method: 'POST', headers })).json()) as { ticket: string };
  const socket = new WebSocket(`${websocket}?ticket=${encodeURIComponent(ticket)}`);
  const heard: string[] = [];
  socket.addEventListener('message', ({ data }) => heard.push(String(data)));
  try {
    await waitFor('the connection', () => socket.readyState === WebSocket.OPEN, WITHIN_MS);
    const present = await new DynamoTable({ dynamoDb: throughSdk(dynamodb), name: table }).get<
      Item & { connections: { connectionId: string }[] }
    >(keys.presence(username), { consistent: true });
    const connectionId = present?.connections.at(-1)?.connectionId;
    if (connectionId === undefined) throw new Error(`${username} has no connection`);
    return await act({ connectionId, heard, closed: () => socket.readyState === WebSocket.CLOSED });
  } finally {
    socket.close();
  }
};

export const SOCKETS: Check[] = [
  {
    rule: '@connections answers 200 for an open connection, which hears the frame',
    run: withLogin((target, login) =>
      connect(target, login, async ({ connectionId, heard }) => {
        const { kind } = await target.sockets.post(connectionId, '{"type":"conformance"}');
        await waitFor('the frame', () => heard.includes('{"type":"conformance"}'), WITHIN_MS);
        return expectThat(kind, 'sent');
      }),
    ),
  },
  {
    rule: '@connections answers 413 for a message over 128 KB, and the connection stays',
    run: withLogin((target, login) =>
      connect(target, login, async ({ connectionId }) => {
        const large = await target.sockets.post(connectionId, TOO_LARGE);
        const small = await target.sockets.post(connectionId, '{}');
        return expectThat(`${large.kind}, ${small.kind}`, 'too_large, sent');
      }),
    ),
  },
  {
    rule: '@connections closes a connection by DELETE, and answers 410 from then on',
    run: withLogin((target, login) =>
      connect(target, login, async ({ connectionId, closed }) => {
        await target.sockets.close(connectionId);
        await waitFor('the close', closed, WITHIN_MS);
        return expectThat((await target.sockets.post(connectionId, '{}')).kind, 'gone');
      }),
    ),
  },
  {
    rule: '@connections answers 410 for a connection that is gone',
    run: async ({ sockets }) => expectThat((await sockets.post('AAAAAAAAAAAAAAA=', '{}')).kind, 'gone'),
  },
  {
    rule: '@connections refuses a malformed id as one that is gone',
    run: async ({ sockets }) => expectThat((await sockets.post('no id', '{}')).kind, 'gone'),
  },
];
