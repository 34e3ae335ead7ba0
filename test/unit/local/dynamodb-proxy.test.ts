import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbProxy, type ProxyOptions } from '../../../local/faults/dynamodb-proxy.ts';
import { Faults, Injector } from '../../../local/faults/injector.ts';
import { freePort } from '../../../local/ports.ts';

let engine: Server;
let proxy: DynamoDbProxy;
let reports: string[];
afterEach(async () => {
  await proxy.close();
  engine.closeAllConnections();
  engine.close();
});

const start = async (faults: object, answer: RequestListener, restart?: ProxyOptions['restart']): Promise<string> => {
  engine = createServer(answer);
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
  reports = [];
  const injector = new Injector(Faults.parse(faults), 1);
  proxy = new DynamoDbProxy(endpoint, injector, { restart, report: (message) => reports.push(message), now: () => 0 });
  const port = await freePort();
  await proxy.listen(port);
  return `http://127.0.0.1:${port}`;
};

const call = async (url: string, operation: string, body: object = {}) => {
  const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the proxy before the engine', () => {
  it('hands on what it is asked and answered, when no fault happens', async () => {
    const url = await start({}, (_request, response) => response.end('{"Item":{}}'));
    expect(await call(url, 'GetItem')).toEqual({ status: 200, body: { Item: {} } });
  });

  it.each([
    ['throttle', 'GetItem', 400, 'ProvisionedThroughputExceededException'],
    ['fail', 'GetItem', 500, 'InternalServerError'],
    ['conflict', 'TransactWriteItems', 400, 'TransactionCanceledException'],
  ])('answers in the place of the engine: %s', async (fault, operation, status, name) => {
    const url = await start({ dynamodb: { [fault]: 1 } }, () => expect.unreachable());
    const answer = await call(url, operation);
    expect(answer.status).toBe(status);
    expect(answer.body.__type).toContain(name);
  });

  it('does half of a batch and gives the rest back', async () => {
    const url = await start({ dynamodb: { unprocessed: 1 } }, (_request, response) => response.end('{}'));
    const answer = await call(url, 'BatchWriteItem', { RequestItems: { table: [1, 2, 3, 4] } });
    expect(answer.body.UnprocessedItems).toEqual({ table: [3, 4] });
  });

  it("keeps DynamoDB's rules: two transactions on one item conflict while the first is under way", async () => {
    const release: (() => void)[] = [];
    const url = await start({ dynamodb: { rules: { conflicts: true } } }, (_request, response) => {
      release.push(() => response.end('{}'));
    });
    const TransactItems = [{ ConditionCheck: { TableName: 't', Key: { pk: { S: 'a' }, sk: { S: '-' } } } }];
    const first = call(url, 'TransactWriteItems', { TransactItems });
    await expect.poll(() => release.length).toBe(1);
    const second = await call(url, 'TransactWriteItems', { TransactItems });
    expect(second.status).toBe(400);
    expect(second.body.CancellationReasons).toMatchObject([{ Code: 'TransactionConflict' }]);
    release[0]?.();
    expect((await first).status).toBe(200);
  });

  it("keeps DynamoDB's rules: a batch above a key's rate is done in part", async () => {
    const bodies: string[] = [];
    const url = await start({ dynamodb: { rules: { keyWrites: 2 } } }, (request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () => response.end('{}'));
    });
    const requests = [1, 2, 3].map((sk) => ({ DeleteRequest: { Key: { pk: { S: 'a' }, sk: { S: `${sk}` } } } }));
    const answer = await call(url, 'BatchWriteItem', { RequestItems: { t: requests } });
    expect(answer.body.UnprocessedItems).toEqual({ t: requests.slice(2) });
    expect(JSON.parse(bodies.join(''))).toEqual({ RequestItems: { t: requests.slice(0, 2) } });
  });

  it('answers 500 when the engine ends in the middle of its answer', async () => {
    const url = await start({}, (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"Items":', () => response.destroy());
    });
    expect((await call(url, 'Query')).status).toBe(500);
  });

  it('continues to answer when the engine can not be restarted, and reports that', async () => {
    const restart = async () => {
      throw new Error('no memory');
    };
    const url = await start({ engine: { restart: 1 } }, (_request, response) => response.end('{}'), restart);
    expect((await call(url, 'GetItem')).status).toBe(200);
    expect(reports).toEqual(['The engine could not be restarted: Error: no memory']);
  });
});
