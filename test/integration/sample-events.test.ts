import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Buckets } from '../../local/buckets/buckets.ts';
import { freePort } from '../../local/ports.ts';
import { functionEnvironment } from '../../local/stack.ts';
import { freshTable } from '../support/real-table.ts';
import { memoryRoutes } from '../support/routes.ts';

interface Expected {
  function: 'http' | 'websocket' | 'stream';
  answer: { statusCode?: number; body?: object };
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8'));
const expected = read('expected') as Record<string, Expected>;
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;

type Handler = (event: unknown, context: Context) => Promise<{ body?: string }>;
const handlers = {} as Record<Expected['function'], Handler>;

beforeAll(async () => {
  const { name } = await freshTable(inject('engine'));
  const buckets = await Buckets.start(await freePort());
  const nowhere = 'http://127.0.0.1:9';
  const stack = { dynamodb: inject('engine'), s3: buckets.endpoint, management: nowhere, table: name };
  Object.assign(process.env, functionEnvironment(stack));
  for (const part of ['http', 'websocket', 'stream'] as const) {
    handlers[part] = ((await import(`../../functions/${part}.ts`)) as { handler: Handler }).handler;
  }
  return () => buckets.stop();
});

describe('each sample event', () => {
  it.each(Object.entries(expected))('%s answers as events/README.md says', async (name, { function: part, answer }) => {
    const actual = (await handlers[part](read(name), context)) ?? {};
    const shown = typeof actual.body === 'string' ? { ...actual, body: JSON.parse(actual.body) } : actual;
    expect(shown).toMatchObject(answer);
  });

  it('is there for every route of conversations', () => {
    const routes = Object.keys(memoryRoutes()).filter((key) => key.includes(' /conversations'));
    const sampled = Object.keys(expected).map((name) => (read(name) as { routeKey?: string }).routeKey);
    expect(sampled).toEqual(expect.arrayContaining(routes));
    expect(routes.length).toBeGreaterThan(10);
  });

  it('is named in the README', () => {
    const text = readFileSync(new URL('../../events/README.md', import.meta.url), 'utf8');
    for (const name of Object.keys(expected)) expect(text).toContain(`\`${name}.json\``);
  });
});
