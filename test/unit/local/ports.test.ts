import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
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

it.each(['x', '', '0', '1.5', '65536'])('port "%s" of the command line is refused', (httpPort) => {
  const program = `import { choosePorts } from './local/choose-ports.ts';
    await choosePorts({ httpPort: ${JSON.stringify(httpPort)} }, {}, false);`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd });
  const message = `--httpPort takes a whole number from 1 to 65535, and not "${httpPort}".\n`;
  expect([status, String(stderr)]).toEqual([1, message]);
});
