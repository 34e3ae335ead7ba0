import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answers } from '../../local/dynamodb/answers.ts';
import type { Engine } from '../../local/dynamodb/engine.ts';
import { startEngine } from '../../local/dynamodb/start-engine.ts';
import { forkEngine } from '../support/engine-process.ts';
import { engineClient, freshTable } from '../support/real-table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = (sk: string) => ({ pk: { S: 'a' }, sk: { S: sk } });

describe('the embedded engine with --data', () => {
  it('has every write that was answered when its process is killed in the middle of many', async () => {
    const first = await forkEngine({ port: 0, dataDir: folder });
    const { name: TableName, client, streamArn } = await freshTable(first.endpoint);
    let answered = 0;
    const write = async (): Promise<void> => {
      for (;;) {
        const sk = String(answered);
        await client.send(new PutItemCommand({ TableName, Item: { ...key(sk), type: { S: 'x' } } }));
        answered++;
        if (answered === 300) first.child.kill('SIGKILL');
      }
    };
    await expect(write()).rejects.toThrow();
    client.destroy();
    const again = await startEngine({ port: 0, dataDir: folder });
    const second = engineClient(again.endpoint);
    for (let at = 0; at < answered; at++) {
      const { Item } = await second.send(new GetItemCommand({ TableName, Key: key(String(at)) }));
      expect(Item?.sk?.S).toBe(String(at));
    }
    const { LatestStreamArn } = (await describeTable(again, TableName)) ?? {};
    expect(LatestStreamArn).toBe(streamArn);
    second.destroy();
    await again.stop();
  });

  it('has each answered write once, and each unanswered write at most once, after it was killed and restarted', async () => {
    const engine = await startEngine({ port: 0, dataDir: folder });
    const { name: TableName } = await freshTable(engine.endpoint);
    const body = JSON.stringify({
      TableName,
      Key: key('n'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    const counts = { answered: 0, unanswered: 0 };
    const add = async () => {
      const response = await post(engine.endpoint, 'DynamoDB_20120810.UpdateItem', body).catch(() => undefined);
      counts[response?.status === 200 ? 'answered' : 'unanswered']++;
    };
    await add();
    const adding = Promise.all(Array.from({ length: 50 }, add));
    await engine.restart();
    await adding;
    await add();
    const client = engineClient(engine.endpoint);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: key('n') }));
    expect(counts.answered).toBeGreaterThanOrEqual(2);
    expect(Number(Item?.n?.N)).toBeGreaterThanOrEqual(counts.answered);
    expect(Number(Item?.n?.N)).toBeLessThanOrEqual(counts.answered + counts.unanswered);
    client.destroy();
    await engine.stop();
  });

  it('refuses a folder of the other engine, and one that another process uses', async () => {
    writeFileSync(join(folder, 'shared-local-instance.db'), '');
    await expect(startEngine({ port: 0, dataDir: folder })).rejects.toThrow(/start with --engine dynamodb-local/);
    rmSync(join(folder, 'shared-local-instance.db'));
    const { child } = await forkEngine({ port: 0, dataDir: folder });
    await expect(startEngine({ port: 0, dataDir: folder })).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const engine = await startEngine({ port: 0, dataDir: folder });
    await engine.stop();
  });
});

const describeTable = async (engine: Engine, TableName: string) => {
  const target = 'DynamoDB_20120810.DescribeTable';
  const { Table } = (await (await post(engine.endpoint, target, JSON.stringify({ TableName }))).json()) as {
    Table?: { LatestStreamArn: string };
  };
  return Table;
};

const post = (endpoint: string, target: string, body: string) =>
  fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': target }, body });

describe('the embedded engine over HTTP', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ port: 0 });
  });
  afterAll(() => engine.stop());

  const isWell = async () => {
    const response = await post(engine.endpoint, 'DynamoDB_20120810.ListTables', '{}');
    expect(await response.json()).toMatchObject({ TableNames: [] });
  };

  it('answers a bare GET, and refuses other methods and requests without a target', async () => {
    expect((await fetch(engine.endpoint)).status).toBe(200);
    expect((await fetch(engine.endpoint, { method: 'PUT', body: '{}' })).status).toBe(404);
    const response = await post(engine.endpoint, '', '{}');
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { __type: 'com.amazon.coral.service#UnknownOperationException' },
    ]);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
  });

  it('has a checksum and an id with each answer', async () => {
    const { headers } = await post(engine.endpoint, 'DynamoDB_20120810.ListTables', '{}');
    // CRC-32 of {"TableNames":[]}
    expect(headers.get('x-amz-crc32')).toBe('1315925753');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes 16 MB and no more', async () => {
    const large = (bytes: number) =>
      post(engine.endpoint, 'DynamoDB_20120810.ListTables', `{${' '.repeat(bytes - 2)}}`);
    expect((await large(16 * 1024 * 1024)).status).toBe(200);
    expect(
      await large(16 * 1024 * 1024 + 1).then(
        ({ status }) => status,
        () => 'closed',
      ),
    ).toEqual(expect.toBeOneOf([413, 'closed']));
    await isWell();
  });

  it('keeps running when callers disconnect in the middle or do not speak HTTP', async () => {
    const { port } = new URL(engine.endpoint);
    for (const said of ['POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"Tab', 'hello?\r\n\r\n', '\0\0\0']) {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(said);
      await new Promise((resolve) => setImmediate(resolve));
      socket.destroy();
    }
    await isWell();
  });

  it('serves 200 clients side by side, and counts each of their writes once', async () => {
    const { name: TableName } = await freshTable(engine.endpoint);
    const body = JSON.stringify({
      TableName,
      Key: key('counter'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    });
    const seen = new Set<string>();
    const client = async () => {
      for (let at = 0; at < 5; at++) {
        const response = await post(engine.endpoint, 'DynamoDB_20120810.UpdateItem', body);
        const { Attributes } = (await response.json()) as { Attributes: { n: { N: string } } };
        seen.add(Attributes.n.N);
      }
    };
    await Promise.all(Array.from({ length: 200 }, client));
    expect(seen.size).toBe(1_000);
  });

  it('listens on the loopback address only, and on no port after its end', async () => {
    expect(new URL(engine.endpoint).hostname).toBe('127.0.0.1');
    await engine.stop();
    expect(await answers(engine.endpoint)).toBe(false);
  });
});
