import { describe, expect, it } from 'vitest';
import { type DynamoDbRules, RuleBook } from '../../../local/faults/dynamodb-rules.ts';

const key = (pk: string, sk = '-') => ({ pk: { S: pk }, sk: { S: sk } });
const put = (pk: string, sk?: string, more = {}) => ({ TableName: 't', Item: { ...key(pk, sk), ...more } });

const book = (rules: Partial<DynamoDbRules>) => {
  let now = 0;
  const rulesBook = new RuleBook({ conflicts: false, keyWrites: 0, tableWrites: 0, ...rules }, () => now);
  const admit = (operation: string, body: unknown) => rulesBook.admit(operation, body);
  const transact = (...parts: object[]) => admit('TransactWriteItems', { TransactItems: parts });
  const pass = (ms: number) => {
    now += ms;
  };
  return { admit, transact, pass };
};

const nameOf = (admission: ReturnType<RuleBook['admit']>) =>
  admission.kind === 'refused' ? admission.refusal.name : admission.kind;

describe("DynamoDB's rules before the laptop's engine", () => {
  it('let transactions conflict on an item that one only checks, and name it', () => {
    const { transact } = book({ conflicts: true });
    const first = transact({ Put: put('a') }, { ConditionCheck: { TableName: 't', Key: key('profile') } });
    const second = transact({ Put: put('b') }, { ConditionCheck: { TableName: 't', Key: key('profile') } });
    expect(nameOf(first)).toBe('admitted');
    expect(second).toMatchObject({
      refusal: { name: 'TransactionCanceledException', reasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] },
    });
    if (first.kind === 'admitted') first.release();
    expect(nameOf(transact({ Put: put('a') }, { Update: { TableName: 't', Key: key('profile') } }))).toBe('admitted');
  });

  it.each([
    ['PutItem', put('a')],
    ['UpdateItem', { TableName: 't', Key: key('a') }],
    ['DeleteItem', { TableName: 't', Key: key('a') }],
  ])('let a single write meet a transaction: %s', (operation, body) => {
    const { admit, transact } = book({ conflicts: true });
    transact({ Put: put('a') });
    expect(nameOf(admit(operation, body))).toBe('TransactionConflictException');
    expect(nameOf(admit(operation, { ...body, TableName: 'other' }))).toBe('admitted');
  });

  it('know no conflict unless they are told to', () => {
    const { transact } = book({});
    transact({ Put: put('a') });
    expect(nameOf(transact({ Put: put('a') }))).toBe('admitted');
  });

  it('throttle a key above its rate, and no other; a second later it goes on', () => {
    const { admit, pass } = book({ keyWrites: 10 });
    const writes = Array.from({ length: 12 }, (_, sk) => nameOf(admit('PutItem', put('hot', `${sk}`))));
    expect(writes.filter((name) => name === 'admitted')).toHaveLength(10);
    expect(writes.at(-1)).toBe('ProvisionedThroughputExceededException');
    expect(nameOf(admit('PutItem', put('cold')))).toBe('admitted');
    pass(1_000);
    expect(nameOf(admit('PutItem', put('hot')))).toBe('admitted');
  });

  it('count a write by its size, and twice in a transaction', () => {
    const { admit, transact } = book({ tableWrites: 10 });
    expect(nameOf(admit('PutItem', put('a', '-', { text: { S: 'x'.repeat(8_000) } })))).toBe('admitted');
    expect(nameOf(transact({ Put: put('b') }))).toBe('admitted');
    expect(nameOf(transact({ Put: put('c') }))).toBe('TransactionCanceledException');
  });

  it('give back what of a batch there is no capacity for, and refuse one with none at all', () => {
    const { admit } = book({ keyWrites: 2 });
    const requests = (pk: string) => [1, 2, 3].map((sk) => ({ PutRequest: { Item: key(pk, `${sk}`) } }));
    const first = admit('BatchWriteItem', { RequestItems: { t: requests('hot') } });
    expect(first).toMatchObject({
      batch: { allowed: { t: requests('hot').slice(0, 2) }, unprocessed: { t: requests('hot').slice(2) } },
    });
    expect(nameOf(admit('BatchWriteItem', { RequestItems: { t: requests('hot') } }))).toBe(
      'ProvisionedThroughputExceededException',
    );
  });

  it('do not affect reads', () => {
    const { admit } = book({ conflicts: true, keyWrites: 1, tableWrites: 1 });
    for (let at = 0; at < 5; at++) expect(nameOf(admit('Query', { TableName: 't' }))).toBe('admitted');
  });
});
