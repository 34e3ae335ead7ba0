import { describe, expect, it } from 'vitest';
import { gatewayScene } from '../../../support/simulated-gateway.ts';

describe("a device's end of a socket", () => {
  it('does not open without a network, and says so', async () => {
    const { open, routes, run } = gatewayScene();
    const { heard } = open(false);
    await run(1_000);
    expect(heard).toEqual(['error', 'close 1006']);
    expect(routes).toEqual([]);
  });

  it('closes once the far end has answered', async () => {
    const { open, run } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    socket.close();
    await run(5);
    expect([socket.readyState, heard]).toEqual([2, ['open']]);
    await run(1_000);
    expect([socket.readyState, heard]).toEqual([3, ['open', 'close 1000']]);
  });

  it('gives up waiting for a far end that is silent after half a minute', async () => {
    const { open, run } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    socket.silence();
    socket.close();
    await run(29_000);
    expect(heard).toEqual(['open']);
    await run(2_000);
    expect(heard).toEqual(['open', 'close 1006']);
  });

  it('learns that it is half open a quarter of an hour after it has sent something', async () => {
    const { open, run } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    socket.silence();
    await run(3_600_000);
    expect(heard).toEqual(['open']);
    socket.send('{}');
    await run(899_000);
    expect(heard).toEqual(['open']);
    await run(2_000);
    expect(heard).toEqual(['open', 'close 1006']);
  });

  it('hears of a reset at once', async () => {
    const { open, run } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    socket.reset();
    expect(heard).toEqual(['open', 'close 1006']);
  });

  it('holds back what happens while the device sleeps, and gives it in its order afterwards', async () => {
    const { open, post, run } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    const waiting: (() => void)[] = [];
    socket.setGate((call) => waiting.push(call));
    await post('c1', 'a');
    await post('c1', 'b');
    expect(heard).toEqual(['open']);
    for (const call of waiting) call();
    expect(heard).toEqual(['open', 'a', 'b']);
  });
});
