import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from '../../../../local/dynamodb/server/log-file.ts';
import { TABLE, TestApi } from '../../../support/dynamodb-api.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-log-'));
  path = join(folder, 'dynamodb.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The engine as it is after its process was killed and started again. */
const reopened = (options: { minLogSize?: number } = {}) => new TestApi({ log: new LogFile(path), ...options });
const everything = (api: TestApi) => ({ items: api.items(), records: api.records(), arn: api.streamArn });
const token = {
  ClientRequestToken: 'once',
  TransactItems: [
    {
      Update: {
        TableName: 'things',
        Key: { pk: { S: 'n' } },
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
    { Put: { TableName: 'things', Item: { pk: { S: 'in a transaction' } } } },
  ],
};

const busy = (api: TestApi) => {
  api.call('CreateTable', TABLE);
  api.call('UpdateTimeToLive', {
    TableName: 'things',
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
  api.put('a', { b: { B: 'AQID' }, text: { S: 'ü' } });
  api.put('b');
  api.put('a', { b: { BS: ['AQID'] } });
  api.remove('b');
  api.put('expired', { expiresAt: { N: String(api.now / 1_000 - 5) } });
  api.database.expire(api.now);
  api.call('BatchWriteItem', {
    RequestItems: { things: ['x', 'y'].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } })) },
  });
  api.call('TransactWriteItems', token);
  api.call('CreateTable', { ...TABLE, TableName: 'another' });
  api.call('DeleteTable', { TableName: 'another' });
};

describe('a database with a log', () => {
  it('has everything again after a restart: items, records, streams, transactions', () => {
    const api = new TestApi({ log: new LogFile(path) });
    busy(api);
    const before = everything(api);
    expect(before.items).toHaveLength(5);
    const again = reopened();
    expect(everything(again)).toEqual(before);
    expect(again.call('ListTables').body.TableNames).toEqual(['things']);
    again.call('TransactWriteItems', token);
    expect(everything(again)).toEqual(before);
    again.put('later', { expiresAt: { N: String(api.now / 1_000 - 1) } });
    again.database.expire(again.now);
    expect(everything(again).items).toEqual(before.items);
  });

  it('goes on with higher sequence numbers, and an iterator from before goes on', () => {
    const api = new TestApi({ log: new LogFile(path) });
    busy(api);
    const { ShardIterator } = api.iterator('LATEST').body;
    const last = api.records().at(-1)?.dynamodb.SequenceNumber ?? '';
    const again = reopened();
    again.put('after');
    const { Records } = again.read(ShardIterator);
    expect(Records.map(({ dynamodb }) => dynamodb.Keys.pk.S)).toEqual(['after']);
    expect((Records[0]?.dynamodb.SequenceNumber ?? '') > last).toBe(true);
  });

  it('is the same from a shortened log', () => {
    const api = new TestApi({ log: new LogFile(path) });
    busy(api);
    const before = everything(api);
    reopened();
    expect(readFileSync(path, 'utf8')).toContain('"shortened"');
    expect(everything(reopened())).toEqual(before);
    const again = reopened();
    again.call('TransactWriteItems', token);
    expect(everything(again)).toEqual(before);
  });

  it('shortens its log when that has grown, and stays the same', () => {
    const api = new TestApi({ log: new LogFile(path), minLogSize: 20_000, streams: { maxSize: 5_000 } });
    api.call('CreateTable', TABLE);
    for (let at = 0; at < 1_000; at++) api.put(`item-${at % 10}`, { n: { N: String(at) } });
    expect(statSync(path).size).toBeLessThan(40_000);
    const again = new TestApi({ log: new LogFile(path), streams: { maxSize: 5_000 } });
    expect(everything(again)).toEqual(everything(api));
    expect(again.items()).toHaveLength(10);
  });

  it('loses nothing but the request whose line was not written whole', () => {
    const api = new TestApi({ log: new LogFile(path) });
    api.call('CreateTable', TABLE);
    api.put('whole');
    const whole = everything(api);
    const end = statSync(path).size;
    api.call('TransactWriteItems', token);
    const bytes = readFileSync(path);
    for (const size of [bytes.length - 1, end + 10, end + 1]) {
      writeFileSync(path, bytes.subarray(0, size));
      const again = reopened();
      expect(everything(again)).toEqual(whole);
      again.put('b');
      expect(reopened().items()).toHaveLength(2);
    }
  });

  it('answers nothing that it could not write down', () => {
    const log = new LogFile(path);
    const api = new TestApi({ log });
    api.call('CreateTable', TABLE);
    log.close();
    expect(() => api.put('a')).toThrow(/dynamodb\.log can't be written/);
    expect(reopened().items()).toEqual([]);
  });

  it('refuses a log that is damaged in the middle, or of another form', () => {
    const api = new TestApi({ log: new LogFile(path) });
    busy(api);
    const bytes = readFileSync(path);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(() => reopened()).toThrow(/dynamodb\.log is damaged at byte \d+/);
    rmSync(path);
    new LogFile(path).append('{"kind":"format","version":99}');
    expect(() => reopened()).toThrow(/another version/);
  });
});
