import { describe, expect, it } from 'vitest';
import { TestApi } from '../../../support/dynamodb-api.ts';

const HOUR = 3_600_000;
const names = (records: { dynamodb: { Keys: { pk: { S: string } } } }[]) =>
  records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
const withItems = (...items: string[]) => {
  const api = TestApi.withTable();
  for (const item of items) api.put(item);
  return api;
};

describe('a stream', () => {
  it('has a record of each change, in order, and none of a write that changes nothing', () => {
    const api = TestApi.withTable();
    api.put('a', { n: { N: '1' } });
    api.put('a', { n: { N: '1.0' } });
    api.put('a', { n: { N: '2' } });
    api.remove('a');
    api.remove('a');
    const records = api.records();
    expect(records.map(({ eventName, dynamodb: { NewImage, OldImage } }) => [eventName, OldImage, NewImage])).toEqual([
      ['INSERT', undefined, { pk: { S: 'a' }, n: { N: '1' } }],
      ['MODIFY', { pk: { S: 'a' }, n: { N: '1' } }, { pk: { S: 'a' }, n: { N: '2' } }],
      ['REMOVE', { pk: { S: 'a' }, n: { N: '2' } }, undefined],
    ]);
    const numbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(numbers.every((number) => /^\d{21}$/.test(number))).toBe(true);
    expect(numbers).toEqual([...new Set(numbers)].sort());
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
  });

  it('is announced to have records once for each request that made some', () => {
    let announced = 0;
    const api = TestApi.withTable({ onRecords: () => announced++ });
    const counts = [announced];
    const count = (work: () => void): void => {
      work();
      counts.push(announced);
    };
    count(() => api.put('a', { n: { N: '1' } }));
    count(() => api.put('a', { n: { N: '1' } }));
    count(() => api.items());
    const both = ['b', 'c'].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } }));
    count(() => api.call('BatchWriteItem', { RequestItems: { things: both } }));
    expect(counts).toEqual([0, 1, 1, 1, 2]);
  });

  it('is read page by page, and goes on where it ended', () => {
    const api = withItems('a', 'b', 'c');
    const first = api.read(api.iterator('TRIM_HORIZON').body.ShardIterator, 2);
    const second = api.read(first.NextShardIterator, 2);
    expect([names(first.Records), names(second.Records)]).toEqual([['a', 'b'], ['c']]);
    expect(api.read(second.NextShardIterator).Records).toEqual([]);
    api.put('d');
    expect(names(api.read(second.NextShardIterator).Records)).toEqual(['d']);
  });

  it('answers at most 1,000 records and about 1 MB', () => {
    const api = TestApi.withTable();
    for (let at = 0; at < 1_001; at++) api.put(`item-${at}`);
    expect(api.read(api.iterator('TRIM_HORIZON').body.ShardIterator).Records).toHaveLength(1_000);
    const large = TestApi.withTable();
    for (let at = 0; at < 5; at++) large.put(`item-${at}`, { text: { S: 'x'.repeat(300_000) } });
    expect(large.read(large.iterator('TRIM_HORIZON').body.ShardIterator).Records).toHaveLength(3);
  });

  it('is read from each of the four kinds of places', () => {
    const api = withItems('a', 'b', 'c');
    const number = api.records()[1]?.dynamodb.SequenceNumber;
    const from = (type: string, more = {}) => names(api.read(api.iterator(type, more).body.ShardIterator).Records);
    const latest = api.iterator('LATEST').body.ShardIterator;
    api.put('d');
    expect(from('TRIM_HORIZON')).toEqual(['a', 'b', 'c', 'd']);
    expect(names(api.read(latest).Records)).toEqual(['d']);
    expect(from('AT_SEQUENCE_NUMBER', { SequenceNumber: number })).toEqual(['b', 'c', 'd']);
    expect(from('AFTER_SEQUENCE_NUMBER', { SequenceNumber: number })).toEqual(['c', 'd']);
  });

  it('forgets records after 24 hours', () => {
    const api = TestApi.withTable({ streams: { shardMs: Number.POSITIVE_INFINITY } });
    api.put('a');
    api.put('b');
    const [first, second] = api.records().map(({ dynamodb }) => dynamodb.SequenceNumber);
    const early = api.iterator('TRIM_HORIZON').body.ShardIterator;
    api.now += 24 * HOUR + 1;
    api.put('c');
    expect(names(api.records())).toEqual(['c']);
    expect(api.iterator('AT_SEQUENCE_NUMBER', { SequenceNumber: second }).body.__type).toContain('TrimmedDataAccess');
    expect(api.iterator('AFTER_SEQUENCE_NUMBER', { SequenceNumber: first }).body.__type).toContain('TrimmedDataAccess');
    expect(api.call('GetRecords', { ShardIterator: early }).body.__type).toContain('ExpiredIterator');
  });

  it('forgets the oldest records when all are larger than a bound, and its reader is told', () => {
    const api = TestApi.withTable({ streams: { maxSize: 10_000 } });
    const early = api.iterator('TRIM_HORIZON').body.ShardIterator;
    for (let at = 0; at < 100; at++) api.put(`item-${at}`);
    expect(names(api.records()).at(-1)).toBe('item-99');
    expect(api.records().length).toBeLessThan(50);
    expect(api.call('GetRecords', { ShardIterator: early }).body.__type).toContain('TrimmedDataAccess');
  });

  it('goes on in a child when a shard has had its time, and has an end there', () => {
    const api = TestApi.withTable({ streams: { recordsPerShard: 2 } });
    for (const item of ['a', 'b', 'c', 'd', 'e']) api.put(item);
    const shards = api.shards();
    expect(shards.map(({ ParentShardId }) => ParentShardId)).toEqual([
      undefined,
      ...shards.slice(0, 2).map(({ ShardId }) => ShardId),
    ]);
    expect(shards.map(({ SequenceNumberRange }) => 'EndingSequenceNumber' in SequenceNumberRange)).toEqual([
      true,
      true,
      false,
    ]);
    const read = api.read(api.iterator('TRIM_HORIZON').body.ShardIterator);
    expect([names(read.Records), read.NextShardIterator]).toEqual([['a', 'b'], undefined]);
    expect(names(api.records())).toEqual(['a', 'b', 'c', 'd', 'e']);
    api.now += 5 * HOUR;
    api.put('f');
    expect(api.shards()).toHaveLength(4);
    api.now += 24 * HOUR;
    expect(api.shards()).toHaveLength(1);
  });

  it('can be read after its table is gone, for 24 hours', () => {
    const api = withItems('a');
    const arn = api.streamArn;
    api.call('DeleteTable', { TableName: 'things' });
    const { StreamDescription } = api.call('DescribeStream', { StreamArn: arn }).body;
    expect(StreamDescription).toMatchObject({ StreamStatus: 'DISABLED' });
    expect(names(api.records())).toEqual(['a']);
    expect(api.read(api.iterator('TRIM_HORIZON').body.ShardIterator).NextShardIterator).toBeUndefined();
    api.now += 24 * HOUR + 1;
    expect(api.call('DescribeStream', { StreamArn: arn }).body.__type).toContain('ResourceNotFound');
  });

  it('names the time to live where it removed an item', () => {
    const api = TestApi.withTable({ expiryDelayMs: 60_000 });
    const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    api.call('UpdateTimeToLive', { TableName: 'things', TimeToLiveSpecification });
    api.put('a', { expiresAt: { N: String(api.now / 1_000 + 5) } });
    api.database.expire(api.now + 64_000);
    expect(api.items()).toHaveLength(1);
    api.database.expire(api.now + 67_000);
    expect(api.items()).toEqual([]);
    expect(api.records().at(-1)).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    });
  });
});

describe('an iterator', () => {
  const type = (api: TestApi, ShardIterator: unknown) => api.call('GetRecords', { ShardIterator }).body.__type;

  it('expires after 15 minutes', () => {
    const api = withItems('a');
    const { ShardIterator } = api.iterator('TRIM_HORIZON').body;
    api.now += 15 * 60_000;
    expect(api.read(ShardIterator).Records).toHaveLength(1);
    api.now += 1;
    expect(type(api, ShardIterator)).toContain('ExpiredIteratorException');
  });

  it.each(['', 'x', 'a|1|b', 'a|1|W10=', `a|1|${btoa('["s","x",1]')}`, `a|2|${btoa('["s",1,1]')}`])(
    'that was never given is refused: %j',
    (text) => {
      expect(type(withItems('a'), text)).toContain('ValidationException');
    },
  );

  it('of another stream or shard finds nothing', () => {
    const api = withItems('a');
    const at = api.now;
    const named = (arn: string, shard: string) => `${arn}|1|${btoa(JSON.stringify([shard, 1, at]))}`;
    expect(type(api, named('nothing', 'shard'))).toContain('ResourceNotFound');
    expect(type(api, named(api.streamArn, 'shard'))).toContain('TrimmedDataAccess');
  });

  it.each([
    ['a sequence number that is none', 'AT_SEQUENCE_NUMBER', { SequenceNumber: 'x' }],
    ['a sequence number of the future', 'AT_SEQUENCE_NUMBER', { SequenceNumber: '100000000000000009999' }],
    ['no sequence number', 'AFTER_SEQUENCE_NUMBER', {}],
    ['a sequence number for LATEST', 'LATEST', { SequenceNumber: '100000000000000000001' }],
    ['a kind that is none', 'SOMEWHERE', {}],
  ])('is not given for %s', (_what, kind, more) => {
    expect(withItems('a').iterator(kind, more).body.__type).toContain('ValidationException');
  });
});
