import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

const named = (name: string) => () => ({ statusCode: 200, body: name });

describe('a frame', () => {
  it('goes to the route of its action, and else to $default', async () => {
    run = await GatewayRun.start({ subscribe: named('subscribe'), $default: named('default') });
    const { client } = await run.connected();
    const frames = [{ action: 'subscribe' }, { action: 'other' }, {}, 'no JSON', 'null', '[]', '"subscribe"'];
    for (const [count, frame] of frames.entries()) {
      client.send(frame);
      await waitFor('the answer', () => client.messages.length > count);
    }
    expect(client.messages).toEqual(['subscribe', ...Array.from({ length: 6 }, () => 'default')]);
  });

  it('comes to the function as it was sent, with the context of its connection', async () => {
    run = await GatewayRun.start({ $default: named('ok') });
    const { client, connectionId } = await run.connected();
    const text = ' {"action" : "ünï" } ';
    client.send(text);
    await waitFor('the answer', () => client.messages.length > 0);
    expect(run.eventsOf('$default')).toMatchObject([
      { body: text, requestContext: { eventType: 'MESSAGE', connectionId, stage: 'dev' } },
    ]);
    expect(run.eventsOf('$default')[0]?.requestContext.connectedAt).toBeLessThanOrEqual(Date.now());
  });

  it('that no route takes is answered Forbidden, and the connection stays', async () => {
    run = await GatewayRun.start({ subscribe: named('subscribe') });
    const { client, connectionId } = await run.connected();
    client.send({ action: 'unknown' });
    client.send({ action: 'subscribe' });
    await waitFor('both answers', () => client.messages.length > 1);
    expect(JSON.parse(client.messages[0] ?? '')).toEqual({
      message: 'Forbidden',
      connectionId,
      requestId: expect.any(String),
    });
    expect(client.messages[1]).toBe('subscribe');
  });

  it('is routed by the expression of the configuration', async () => {
    const routeSelectionExpression = '$request.body.message.type';
    run = await GatewayRun.start({ hello: named('hello'), $default: named('default') }, { routeSelectionExpression });
    const { client } = await run.connected();
    for (const frame of [{ message: { type: 'hello' } }, { action: 'hello' }, { message: { type: {} } }])
      client.send(frame);
    await waitFor('the answers', () => client.messages.length === 3);
    expect(client.messages.toSorted()).toEqual(['default', 'default', 'hello']);
  });

  it('needs an expression that names a place in the body', async () => {
    await expect(GatewayRun.start({}, { routeSelectionExpression: '$context.stage' })).rejects.toThrow(
      '$context.stage',
    );
  });
});

describe("a function's answer", () => {
  it('does not go back when the route has no response selection', async () => {
    run = await GatewayRun.start({ $default: named('silent') }, {}, false);
    const { client, connectionId } = await run.connected();
    client.send('hello');
    await waitFor('the call', () => run?.eventsOf('$default').length === 1);
    await run.manage('POST', connectionId, 'the first to be heard');
    await waitFor('the push', () => client.messages.length > 0);
    expect(client.messages).toEqual(['the first to be heard']);
  });

  it('sends nothing when it has no body', async () => {
    run = await GatewayRun.start({ quiet: () => ({ statusCode: 200 }), $default: named('loud') });
    const { client } = await run.connected();
    client.send({ action: 'quiet' });
    client.send('hello');
    await waitFor('the answer', () => client.messages.length > 0);
    expect(client.messages).toEqual(['loud']);
  });

  it('is an internal server error when the function throws, and the connection stays', async () => {
    run = await GatewayRun.start({
      $default: () => {
        throw new Error('crashed');
      },
      next: named('next'),
    });
    const { client, connectionId } = await run.connected();
    client.send('hello');
    await waitFor('the error', () => client.messages.length === 1);
    client.send({ action: 'next' });
    await waitFor('the answer', () => client.messages.length === 2);
    const error = JSON.parse(client.messages[0] ?? '');
    expect(error).toEqual({ message: 'Internal server error', connectionId, requestId: expect.any(String) });
    expect(client.messages[1]).toBe('next');
    expect(run.reports).toEqual(['$default failed: crashed']);
  });

  it('is waited for 29 s, and then the client is told', async () => {
    const clock = new FakeClock();
    run = await GatewayRun.start({ $default: () => new Promise(() => {}), next: named('next') }, { clock });
    const { client, connectionId } = await run.connected();
    client.send('hello');
    await waitFor('the call', () => run?.eventsOf('$default').length === 1);
    clock.pass(28_999);
    client.send({ action: 'next' });
    await waitFor('the answer', () => client.messages.length === 1);
    clock.pass(1);
    await waitFor('the error', () => client.messages.length === 2);
    expect(client.messages[0]).toBe('next');
    const error = { message: 'Endpoint request timed out', connectionId, requestId: expect.any(String) };
    expect(JSON.parse(client.messages[1] ?? '')).toEqual(error);
  });

  it('is lost without harm when the client has left meanwhile', async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    run = await GatewayRun.start({ $default: () => release.then(named('late')) });
    const { client } = await run.connected();
    client.send('hello');
    await waitFor('the call', () => run?.eventsOf('$default').length === 1);
    client.socket.terminate();
    await waitFor('$disconnect', () => run?.eventsOf('$disconnect').length === 1);
    resolve();
    const { client: next } = await run.connected();
    next.send('hello');
    await waitFor('an answer for the next', () => next.messages.length === 1);
    expect(client.messages).toEqual([]);
  });
});
