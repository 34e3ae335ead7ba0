import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../../../tools/support/measure.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

/** A ping of the protocol, whose payload is masked by zeros. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
const pingOf = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x89, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

it.each([1, 61, 5_000])(
  '%d pings of the protocol in one write leave the connection open, and the last is answered',
  async (count) => {
    run = await GatewayRun.start({ $default: ({ body }) => ({ statusCode: 200, body }) });
    const { client } = await run.connected();
    const pongs: string[] = [];
    client.socket.on('pong', (data) => pongs.push(String(data)));
    const { _socket: wire } = client.socket as unknown as { _socket: { write(bytes: Buffer): void } };
    wire.write(Buffer.concat(Array.from({ length: count }, (_, at) => pingOf(`ping ${at}`))));
    await waitFor('the last pong', () => pongs.at(-1) === `ping ${count - 1}`);
    client.send({ action: 'here' });
    await waitFor('an answer', () => client.messages.length === 1);
    expect(pongs[0]).toBe('ping 0');
    // In their order, and each at most once.
    const numbers = pongs.map((pong) => Number(pong.slice(5)));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  },
);
