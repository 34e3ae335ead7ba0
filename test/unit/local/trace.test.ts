import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { Trace, traced } from '../../../local/trace.ts';

it('a trace tells of invocations, and of what HTTP servers answered, the earliest first, and each once', async () => {
  expect(await traced('invoke before', async () => 1)).toBe(1);
  const trace = new Trace();
  const server = createServer((_, response) => response.end('so it is'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/thoughts?limit=1`;
  const asked = async () => (await fetch(url)).text();
  expect(await traced('invoke http', asked)).toBe('so it is');
  await expect(traced('invoke stream', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await new Promise((resolve) => server.close(resolve));
  const spans = trace.take();
  expect(spans.map(({ name }) => name)).toEqual(['invoke http', 'answer GET /thoughts?…', 'invoke stream']);
  expect(spans[0]?.ms).toBeGreaterThanOrEqual(spans[1]?.ms ?? 0);
  expect(Math.abs((spans[0]?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(trace.take()).toEqual([]);
});
