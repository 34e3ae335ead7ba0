import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectDynamoDb } from '../../../src/dynamodb/client.ts';
import type { Input, Operation } from '../../../src/dynamodb/dynamo-db.ts';
import { throughSdk } from '../../../src/dynamodb/sdk-dynamo-db.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { answerOf, type Respond, ScriptedServer, type WireRequest } from '../../support/scripted-server.ts';
import { sdkAuthorization } from '../../support/sdk-signature.ts';
import { times } from '../../support/world.ts';

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const HOUR = 3_600_000;
const KEY = { pk: { S: 'P' }, sk: { S: 'S' } };
const ITEM = { ...KEY, text: { S: 'Grüße 🌊' }, seq: { N: '7' } };
const GET = { TableName: 'thoughts', Key: KEY };
const PUT = { TableName: 'thoughts', Item: ITEM };
/** The SDK's requests name it; the fast ones name nobody. */
const bySdk = ({ headers }: WireRequest) => headers['user-agent'] !== undefined;

const ok = (output: object, headers: string[] = []) =>
  answerOf(200, ['content-type: application/x-amz-json-1.0', ...headers], JSON.stringify(output));
const fault = (status: number, name: string, more: object = {}, headers: string[] = []) =>
  answerOf(
    status,
    ['content-type: application/x-amz-json-1.0', ...headers],
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'so it is', ...more }),
  );

describe('DynamoDB without the SDK', () => {
  let server: ScriptedServer;
  let connected: ReturnType<typeof connectDynamoDb>;
  const config = () => ({ endpoint: `http://127.0.0.1:${server.port}`, region: 'eu-central-1', credentials: KEYS });
  const answer = (...answers: string[]) => {
    server.respond = (_, socket, nth) => void socket.write(answers[Math.min(nth, answers.length - 1)] ?? '');
  };
  beforeEach(async () => {
    server = await ScriptedServer.start();
    connected = connectDynamoDb(config());
  });
  afterEach(async () => {
    connected.http.close();
    await server.stop();
  });

  const get = () => connected.dynamoDb.call('GetItem', GET);
  const put = () => connected.dynamoDb.call('PutItem', PUT);
  const whoSent = () => server.requests.map(bySdk);

  const inputs: { [O in Operation]: Input<O> } = {
    GetItem: { ...GET, ConsistentRead: true },
    PutItem: { ...PUT, ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } },
    UpdateItem: { ...GET, UpdateExpression: 'ADD #n :v0', ExpressionAttributeValues: { ':v0': { N: '1' } } },
    DeleteItem: { ...GET, ConditionExpression: undefined },
    Query: { TableName: 'thoughts', KeyConditionExpression: 'pk = :v0', Limit: 5, ExclusiveStartKey: KEY },
    Scan: { TableName: 'thoughts', ExclusiveStartKey: undefined, ConsistentRead: true },
    BatchGetItem: { RequestItems: { thoughts: { Keys: [KEY], ConsistentRead: false } } },
    BatchWriteItem: {
      RequestItems: { thoughts: [{ PutRequest: { Item: ITEM } }, { DeleteRequest: { Key: KEY } }] },
    },
    TransactWriteItems: {
      TransactItems: [{ Put: PUT }, { ConditionCheck: { ...GET, ConditionExpression: 'a = :b' } }],
      ClientRequestToken: 'token',
    },
  };
  it.each(Object.keys(inputs) as Operation[])('%s: sends what the SDK would send, signed as it signs', async (name) => {
    answer(ok({}));
    await connected.dynamoDb.call(name, inputs[name]);
    await throughSdk(new DynamoDBClient(config())).call(name, inputs[name]);
    const [fast, sdks] = server.requests;
    if (!fast || !sdks) throw new Error('Two requests should have come');
    expect(whoSent()).toEqual([false, true]);
    expect(JSON.parse(fast.body)).toEqual(JSON.parse(sdks.body));
    for (const header of ['host', 'content-type', 'x-amz-target', 'content-length']) {
      expect(fast.headers[header], header).toBe(sdks.headers[header]);
    }
    expect([fast.method, fast.path]).toEqual([sdks.method, sdks.path]);
    expect(fast.headers.authorization).toBe(await sdkAuthorization(fast, KEYS, 'eu-central-1', 'dynamodb'));
  });

  it('answers what the SDK would answer, whatever an item holds', async () => {
    const scalar = fc.oneof(
      fc.record({ S: fc.string({ unit: 'grapheme' }) }),
      fc.record({ N: fc.integer().map(String) }),
      fc.record({ BOOL: fc.boolean() }),
      fc.constant({ NULL: true }),
    );
    const name = fc.constantFrom('a', 'text', 'toString', 'constructor', '日本');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('map')),
      list: fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
      map: fc.record({ M: fc.dictionary(name, tie('value'), { maxKeys: 3 }) }),
    }));
    const sdk = throughSdk(new DynamoDBClient(config()));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (Item) => {
        server.respond = (_, socket) => void socket.write(ok({ Item }));
        const fast = await get();
        const { $metadata, ...expected } = (await sdk.call('GetItem', GET)) as { $metadata?: unknown };
        expect(fast).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('reads an answer cut at any byte, chunked or not', async () => {
    const text = JSON.stringify({ Item: ITEM });
    const half = Buffer.from(text).length - 20;
    const chunked = Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n`),
      Buffer.from(text).subarray(0, 20),
      Buffer.from(`\r\n${half.toString(16)}\r\n`),
      Buffer.from(text).subarray(20),
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    for (const whole of [Buffer.from(ok({ Item: ITEM })), chunked]) {
      for (const cut of times(whole.length - 1, (at) => at + 1)) {
        server.respond = (_, socket) => {
          socket.write(whole.subarray(0, cut), () => setImmediate(() => socket.write(whole.subarray(cut))));
        };
        expect(await get(), `${cut}`).toEqual({ Item: ITEM });
      }
    }
    expect(whoSent()).not.toContain(true);
    expect(server.sockets.length).toBe(1);
  });

  it('asks again, by the SDK, when an answer breaks off at any byte', async () => {
    const whole = ok({ Item: ITEM });
    for (const cut of [0, 1, 12, 40, whole.length - 40, whole.length - 1]) {
      const from = server.requests.length;
      server.respond = (request, socket) =>
        bySdk(request) ? void socket.write(whole) : void socket.end(whole.slice(0, cut));
      expect(await get()).toMatchObject({ Item: ITEM });
      expect(whoSent().slice(from), `${cut}`).toEqual([false, true]);
    }
  });

  it.each<[string, Respond]>([
    ['never comes', (_, socket) => void socket.resetAndDestroy()],
    ['is noise', (_, socket) => void socket.write('noise\r\n\r\n')],
    ['is too busy', (_, socket) => void socket.write(fault(400, 'ProvisionedThroughputExceededException'))],
    ['is a fault', (_, socket) => void socket.write(fault(500, 'InternalServerError'))],
    ['is a fault of something between', (_, socket) => void socket.write(answerOf(503, [], '<html>'))],
  ])('repeats, by the SDK, a write whose answer %s', async (_, respond) => {
    server.respond = (request, socket, nth) => (nth < 1 ? respond(request, socket, nth) : void socket.write(ok({})));
    await put();
    expect(whoSent()).toEqual([false, true]);
    expect(new Set(server.bodies()).size).toBe(1);
  });

  it('gives up after as many requests as the SDK, with its error', async () => {
    answer(fault(500, 'InternalServerError'));
    await expect(put()).rejects.toMatchObject({ name: 'InternalServerError', $metadata: { attempts: 5 } });
    expect(server.requests.length).toBe(5);
  });

  it.each([
    ['is a fault', fault(500, 'InternalServerError'), { name: 'InternalServerError' }],
    ['is a throttle', fault(400, 'ThrottlingException'), { name: 'ThrottlingException' }],
    ['breaks off', 'HTTP/1.1 200 OK\r\nContent-', { code: 'ECONNRESET' }],
  ])('repeats nothing for batches, whose answer %s', async (_, text, error) => {
    server.respond = (_, socket) => void socket.end(text);
    const batch = connected.batches.call('BatchWriteItem', inputs.BatchWriteItem);
    await expect(batch).rejects.toMatchObject(error);
    expect(whoSent()).toEqual([false]);
  });

  it("throws the SDK's error for a refused condition, after one request", async () => {
    answer(fault(400, 'ConditionalCheckFailedException'));
    await expect(put()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', message: 'so it is' });
    expect(whoSent()).toEqual([false]);
  });

  it("throws the SDK's error for a cancelled transaction, with the reasons", async () => {
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Message: 'no' }];
    answer(fault(400, 'TransactionCanceledException', { CancellationReasons }));
    const error = await connected.dynamoDb.call('TransactWriteItems', inputs.TransactWriteItems).catch((e) => e);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error.CancellationReasons).toEqual(CancellationReasons);
    expect(whoSent()).toEqual([false]);
  });

  it('repeats a transaction under its own token, and gives each transaction another', async () => {
    server.respond = (_, socket, nth) => void (nth === 0 ? socket.destroy() : socket.write(ok({})));
    const { TransactItems } = inputs.TransactWriteItems;
    await connected.dynamoDb.call('TransactWriteItems', { TransactItems });
    await connected.dynamoDb.call('TransactWriteItems', { TransactItems });
    expect(whoSent()).toEqual([false, true, false]);
    const [first, repeated, second] = server.bodies().map((body) => JSON.parse(body).ClientRequestToken as string);
    expect(first).toMatch(/^[\w-]{36}$/);
    expect(repeated).toBe(first);
    expect(second).not.toBe(first);
  });

  it('stops waiting for an answer after the timeout', async () => {
    server.respond = (request, socket) => void (bySdk(request) && socket.write(ok({ Item: ITEM })));
    const { dynamoDb, http } = connectDynamoDb(config(), 300);
    onTestFinished(() => http.close());
    expect(await dynamoDb.call('GetItem', GET)).toMatchObject({ Item: ITEM });
    expect(whoSent()).toEqual([false, true]);
  });

  it('throws the SDK’s error when nobody listens', async () => {
    await server.stop();
    await expect(get()).rejects.toMatchObject({ code: 'ECONNREFUSED', $metadata: { attempts: 5 } });
  });

  /** Answers as AWS does when its clock is ahead of this one. */
  const beAhead = (ms: number) => {
    const serverNow = () => Date.now() + ms;
    server.respond = (request, socket) => {
      const [, y, mo, d, h, mi, s] = /(....)(..)(..)T(..)(..)(..)Z/.exec(request.headers['x-amz-date'] ?? '') ?? [];
      const isSkewed = Math.abs(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) - serverNow()) > 5 * 60_000;
      const date = `Date: ${new Date(serverNow()).toUTCString()}`;
      socket.write(isSkewed ? fault(400, 'InvalidSignatureException', {}, [date]) : ok({ Item: ITEM }, [date]));
    };
  };

  it('whose clock is an hour ahead: the SDK learns it, and the next request is signed by it', async () => {
    beAhead(HOUR);
    expect(await get()).toMatchObject({ Item: ITEM });
    expect(await get()).toMatchObject({ Item: ITEM });
    expect(whoSent()).toEqual([false, true, false]);
  });

  it('whose clock is an hour ahead: requests that were under way when the SDK learned it are answered too', async () => {
    beAhead(HOUR);
    const respond = server.respond;
    const held: (() => void)[] = [];
    server.respond = (request, socket, nth) => {
      if (nth > 0 && nth < 8) held.push(() => respond(request, socket, nth));
      else respond(request, socket, nth);
    };
    const answers = times(8, get);
    await Promise.any(answers);
    for (const go of held) go();
    for (const output of await Promise.all(answers)) expect(output).toMatchObject({ Item: ITEM });
  });

  it('whose clock is put right again is answered, also by batches, which repeat nothing', async () => {
    const { dynamoDb, batches } = connected;
    for (const [ahead, calls] of [
      [HOUR, batches],
      [0, dynamoDb],
      [-HOUR, batches],
      [0, batches],
    ] as const) {
      beAhead(ahead);
      expect(await calls.call('GetItem', GET)).toMatchObject({ Item: ITEM });
    }
  });

  it('throws the error of a signature that is refused from the SDK as well', async () => {
    answer(fault(400, 'InvalidSignatureException'));
    await expect(get()).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(whoSent()).toEqual([false, true]);
  });

  it('signs with new keys within a second of their coming', async () => {
    let keys = { ...KEYS, expiration: new Date() };
    connected.http.close();
    connected = connectDynamoDb({ ...config(), credentials: async () => keys });
    answer(ok({}));
    await get();
    keys = { ...keys, accessKeyId: 'AKIDNEW', secretAccessKey: 'new' };
    await waitFor('a request with the new keys', async () => {
      await get();
      return server.requests.at(-1)?.headers.authorization?.includes('AKIDNEW') === true;
    });
    const last = server.requests.at(-1);
    if (!last) throw new Error('Nothing came');
    expect(last.headers.authorization).toBe(await sdkAuthorization(last, keys, 'eu-central-1', 'dynamodb'));
  });

  it('leaves each request to the SDK where that finds the endpoint by its rules', async () => {
    const { dynamoDb } = connectDynamoDb({ region: 'local', credentials: KEYS, maxAttempts: 1 });
    // The rules say localhost:8000 for this region, where nobody is, or a DynamoDB Local without this table.
    await expect(dynamoDb.call('GetItem', GET)).rejects.toMatchObject({ $metadata: {} });
  });

  it('restores the budget of retries by its own successes', async () => {
    answer(fault(500, 'InternalServerError'));
    const { dynamoDb } = connected;
    // The SDK has 500 tokens, and takes some for each retry.
    await Promise.allSettled(times(30, () => dynamoDb.call('GetItem', GET)));
    const whenSpent = server.requests.length;
    await expect(get()).rejects.toMatchObject({ $metadata: { attempts: 1 } });
    expect(server.requests.length).toBe(whenSpent + 1);
    server.respond = (_, socket) => void socket.write(ok({}));
    for (const _ of times(100, String)) await get();
    server.respond = (_, socket) => void socket.write(fault(500, 'InternalServerError'));
    await expect(get()).rejects.toMatchObject({ $metadata: { attempts: 5 } });
  });
});
