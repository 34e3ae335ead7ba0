import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PRELOAD } from '../../local/serverless/entries.ts';
import { findHandler } from '../../local/serverless/handler-file.ts';
import { type FunctionDefinition, LambdaFunction } from '../../local/serverless/lambda-function.ts';

const folder = mkdtempSync(join(tmpdir(), 'plugin-functions-'));
const functions: LambdaFunction[] = [];
afterEach(() => {
  for (const one of functions.splice(0)) one.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const create = (handler: string, settings: Partial<FunctionDefinition> = {}) => {
  const reports: string[] = [];
  const definition: FunctionDefinition = {
    name: 'f',
    memoryMb: 128,
    timeoutMs: 30_000,
    region: 'eu-central-1',
    environment: { GREETING: 'hello' },
    isInspected: false,
    file: () => findHandler(folder, handler),
    ...settings,
  };
  const created = new LambdaFunction(definition, (message) => reports.push(message));
  functions.push(created);
  return { invoke: (event: unknown) => created.invoke(event), reports };
};

file(
  'kinds.mjs',
  `let count = 0;
export const counted = async () => ++count;
export const context = async (event, { functionName, invokedFunctionArn, getRemainingTimeInMillis }) =>
  [event, functionName, invokedFunctionArn, getRemainingTimeInMillis() <= 30_000, process.env.GREETING, process.env.HOME_OF_TEST];
export const callsBack = (event, _, callback) => setTimeout(() => callback(null, event), 5);
export const callsBackInVain = (event, _, callback) => callback(new TypeError('no'));
export const succeeds = (event, { succeed }) => succeed('done');
export const silent = () => { setTimeout(() => {}, 5); return 'not an answer'; };
export const throws = async () => { throw new RangeError('broken'); };
export const hangs = () => new Promise(() => setInterval(() => {}, 1000));
export const exits = () => process.exit(3);
export const large = async () => 'x'.repeat(6_291_555);
export const date = async () => ({ at: new Date(0), nothing: undefined });
export const held = async ({ until }) => { const { existsSync } = await import('node:fs'); while (!existsSync(until)) await new Promise((r) => setTimeout(r, 5)); return ++count; };`,
);
file('named-default.cjs', `module.exports.default = async () => 'by that name';`);
file('common.cjs', `module.exports = Object.fromEntries([['main', async () => typeof require]]);`);
file('typed.ts', `export const handlers = { main: async (event: { n: number }): Promise<number> => event.n };`);

describe('a handler', () => {
  it('keeps the state of its module from one event to the next', async () => {
    const { invoke } = create('kinds.counted');
    expect([await invoke({}), await invoke({})]).toEqual([1, 2]);
  });

  it('has its event, a context and its own environment, and nothing else of the machine', async () => {
    process.env.HOME_OF_TEST = 'secret';
    const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:f';
    expect(await create('kinds.context').invoke({ a: 1 })).toEqual([{ a: 1 }, 'f', arn, true, 'hello', null]);
  });

  it.each([
    ['calls back', 'kinds.callsBack', { a: 1 }],
    ['succeeds by its context', 'kinds.succeeds', 'done'],
    ['answers nothing', 'kinds.silent', null],
    ['is CommonJS', 'common.main', 'function'],
    ['is exported as default', 'named-default.default', 'by that name'],
    ['answers what JSON can say', 'kinds.date', { at: '1970-01-01T00:00:00.000Z' }],
  ])('may be one that %s', async (_, handler, answer) => {
    expect(await create(handler).invoke({ a: 1 })).toEqual(answer);
  });

  it('may be TypeScript, and a member of an export', async () => {
    expect(await create('typed.handlers.main').invoke({ n: 7 })).toBe(7);
  });

  it('is read anew when its file has changed', async () => {
    const path = file('changing.mjs', 'export const main = async () => 1;');
    const { invoke } = create('changing.main');
    expect(await invoke({})).toBe(1);
    file('changing.mjs', 'export const main = async () => 2;');
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    expect(await invoke({})).toBe(2);
  });
});

describe('a client that ignores AWS_ENDPOINT_URL_DYNAMODB', () => {
  let tables: Server;
  let endpoint: string;
  const asked: string[] = [];
  /** Requests as versions 2 and 3 of the SDK make them. */
  const REQUEST = `const agent = new https.Agent({ keepAlive: true });
const ask = (host) => new Promise((resolve, reject) => {
  https.request({ [host.key]: host.name, agent, method: 'POST', path: '/' + host.key }, (response) => response.on('data', (data) => resolve(String(data))))
    .on('error', reject).end();
});
const askBoth = () => Promise.all([
  ask({ key: 'host', name: 'dynamodb.eu-west-2.amazonaws.com' }),
  ask({ key: 'hostname', name: 'streams.dynamodb.us-east-1.amazonaws.com' }),
]);`;

  beforeAll(async () => {
    tables = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('here');
    }).listen(0, '127.0.0.1');
    await once(tables, 'listening');
    endpoint = `http://127.0.0.1:${(tables.address() as AddressInfo).port}`;
    file('old.cjs', `const https = require('https');\n${REQUEST}\nexports.main = askBoth;`);
    file('named.mjs', `import * as https from 'node:https';\n${REQUEST}\nexport const main = askBoth;`);
    const other = `https.request({ host: '127.0.0.1', port: 1 }).on('error', ({ code }) => resolve(code)).end()`;
    file('other.cjs', `const https = require('https'); exports.main = () => new Promise((resolve) => ${other});`);
  });
  afterAll(() => tables.close());
  beforeEach(() => {
    asked.length = 0;
  });

  it.each(['old.main', 'named.main'])('reaches the local tables: %s', async (handler) => {
    const { invoke } = create(handler, { environment: { AWS_ENDPOINT_URL_DYNAMODB: endpoint } });
    expect(await invoke({})).toEqual(['here', 'here']);
    expect(asked.toSorted()).toEqual(['POST /host', 'POST /hostname']);
  });

  it('reaches them from a worker of serverless-offline too, by its NODE_OPTIONS', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
const https = require('https');
${REQUEST}
askBoth().then((answers) => parentPort.postMessage(answers));`,
      { eval: true, env: { AWS_ENDPOINT_URL_DYNAMODB: endpoint, NODE_OPTIONS: `--require ${fileURLToPath(PRELOAD)}` } },
    );
    const [answers] = await once(worker, 'message');
    expect(answers).toEqual(['here', 'here']);
  });

  it('reaches other services as before', async () => {
    const { invoke } = create('other.main', { environment: { AWS_ENDPOINT_URL_DYNAMODB: endpoint } });
    expect(await invoke({})).toBe('ECONNREFUSED');
    expect(asked).toEqual([]);
  });
});

describe('a function fails', () => {
  it.each([
    ['throws', 'kinds.throws', 'broken'],
    ['calls back with an error', 'kinds.callsBackInVain', 'no'],
    ['ends its process', 'kinds.exits', 'Runtime exited with 3'],
    ['answers more than 6 MB', 'kinds.large', 'exceeded maximum allowed payload size'],
    ['has no such export', 'kinds.other', 'exports no function other'],
    ['has no file', 'missing.main', 'There is no'],
  ])('when its handler %s', async (_, handler, message) => {
    await expect(create(handler).invoke({})).rejects.toThrow(message);
  });

  it('after its time-out, and the next event has a new process', async () => {
    const { invoke, reports } = create('kinds.hangs', { timeoutMs: 300 });
    await expect(invoke({})).rejects.toThrow('Task timed out after 0.30 seconds');
    await expect(invoke({})).rejects.toThrow('Task timed out after 0.30 seconds');
    expect(reports).toHaveLength(2);
  });
});

describe('events at the same time', () => {
  it('have a process each', async () => {
    const until = join(folder, 'both');
    const { invoke } = create('kinds.held');
    const answers = [invoke({ until }), invoke({ until })];
    file('both', '');
    expect(await Promise.all(answers)).toEqual([1, 1]);
  });

  it('are throttled above the reserved concurrency', async () => {
    const until = join(folder, 'reserved');
    const { invoke } = create('kinds.held', { reservedConcurrency: 1 });
    const first = invoke({ until });
    await expect(invoke({ until })).rejects.toMatchObject({ code: 'throttled' });
    file('reserved', '');
    expect(await first).toBe(1);
  });
});
