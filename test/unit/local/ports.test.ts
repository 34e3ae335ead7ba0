import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../../local/ports.ts';

it('a free port is none that somebody listens on, and none that the kernel gives to outgoing connections', async () => {
  const taken = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  const draws = [(taken - 10_000) / 22_768 + 1e-6, 0.99];
  const port = await freePort(() => draws.shift() ?? 0);
  server.close();
  expect(port).not.toBe(taken);
  expect(draws).toEqual([]);
  for (const one of [taken, port]) expect(one).toBeGreaterThanOrEqual(10_000);
  for (const one of [taken, port]) expect(one).toBeLessThan(32_768);
});

it('no free port is an error, after a thousand tries', async () => {
  const taken = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  let draws = 0;
  const draw = () => {
    draws++;
    return (taken - 10_000) / 22_768 + 1e-6;
  };
  await expect(freePort(draw)).rejects.toThrow(/1000 ports/);
  server.close();
  expect(draws).toBe(1_000);
});
