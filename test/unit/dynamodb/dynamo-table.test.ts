import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DynamoDb } from '../../../src/dynamodb/dynamo-db.ts';
import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { type Item, TableBusyError, type Write } from '../../../src/table/table.ts';
import { times } from '../../support/world.ts';

interface BatchInput {
  RequestItems: { test: unknown[] & { Keys: { pk: { S: string }; sk: { S: string } }[] } };
}

const keyOf = (at: number) => ({ pk: `NOTE#${at}`, sk: 'A' });
const note = (at: number): Item => ({ ...keyOf(at), type: 'note' });
const WRITES: Write[] = [{ put: note(1) }, { delete: keyOf(2) }];

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code): CancellationReason => ({ Code })),
  });

describe('the table in DynamoDB', () => {
  /** Answers each command in turn; the last answer stands for all later ones. */
  let answers: ((input: unknown) => unknown)[];
  let inputs: unknown[];
  let waits: number[];
  let table: DynamoTable;

  beforeEach(() => {
    [answers, inputs, waits] = [[() => ({})], [], []];
    const dynamoDb = {
      call: async (_: string, input: unknown) => {
        inputs.push(structuredClone(input));
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer?.(input);
      },
    } as DynamoDb;
    let now = 0;
    const sleep = async (ms: number) => {
      waits.push(ms);
      now += ms;
    };
    table = new DynamoTable({ dynamoDb, name: 'test', runtime: { now: () => now, sleep, random: () => 0.5 } });
  });

  const fail = (error: unknown) => () => {
    throw error;
  };
  const batches = () => (inputs as BatchInput[]).map(({ RequestItems }) => RequestItems.test);

  describe('writing a batch', () => {
    const leave = (count: number) => (input: unknown) => ({
      UnprocessedItems: { test: (input as BatchInput).RequestItems.test.slice(0, count) },
    });

    it('sends what stays unprocessed again, and only that, until nothing is left', async () => {
      answers = [leave(10), leave(3), () => ({ UnprocessedItems: {} })];
      await table.batchWrite(times(20, (at) => ({ put: note(at) })));
      expect(batches().map(({ length }) => length)).toEqual([20, 10, 3]);
      expect(batches()[1]).toEqual(batches()[0]?.slice(0, 10));
      expect(waits.length).toBeGreaterThan(0);
    });

    it('sends 25 at a time, each of them once', async () => {
      await table.batchWrite(times(60, (at) => ({ delete: keyOf(at) })));
      expect(batches().map(({ length }) => length)).toEqual([25, 25, 10]);
      expect(
        new Set(
          batches()
            .flat()
            .map((request) => JSON.stringify(request)),
        ).size,
      ).toBe(60);
    });

    it('gives up at its deadline when something stays unprocessed, and asks less and less often', async () => {
      answers = [leave(1)];
      await expect(table.batchWrite([{ put: note(1) }], { deadline: 10_000 })).rejects.toThrow(TableBusyError);
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(13_000);
      expect(inputs.length).toBeLessThan(30);
      expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
    });

    it('sends no request for an empty batch', async () => {
      await table.batchWrite([]);
      expect(inputs).toEqual([]);
    });
  });

  describe('reading a batch', () => {
    it('asks for what stays unprocessed again, and gives each item once', async () => {
      const found = (input: unknown, from: number, to: number) => {
        const { Keys } = (input as BatchInput).RequestItems.test;
        return { Responses: { test: Keys.slice(from, to) }, UnprocessedKeys: { test: { Keys: Keys.slice(to) } } };
      };
      answers = [(input) => found(input, 0, 4), (input) => found(input, 0, 3), (input) => found(input, 0, 3)];
      const items = await table.batchGet([...times(10, keyOf), keyOf(3)], { consistent: true });
      expect(items).toEqual(times(10, keyOf));
      expect(batches().map(({ Keys }) => Keys.length)).toEqual([10, 6, 3]);
      expect(batches()).toMatchObject(times(3, () => ({ ConsistentRead: true })));
    });

    it('gives up when something stays unprocessed', async () => {
      answers = [(input) => ({ UnprocessedKeys: (input as BatchInput).RequestItems })];
      await expect(table.batchGet([keyOf(1)])).rejects.toThrow(TableBusyError);
    });
  });

  describe('writing', () => {
    it('tries a transaction again that met another one', async () => {
      answers = [
        fail(cancelled('None', 'TransactionConflict')),
        fail(cancelled('ThrottlingError', 'None')),
        () => ({}),
      ];
      expect(await table.write(WRITES)).toEqual({ kind: 'written' });
      expect(inputs.length).toBe(3);
      expect(waits.length).toBe(2);
    });

    it('answers with the writes whose conditions did not hold', async () => {
      answers = [fail(cancelled('ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'))];
      expect(await table.write(WRITES)).toEqual({ kind: 'refused', refused: [0, 2] });
      expect(inputs.length).toBe(1);
    });

    it('answers though another write met a conflict', async () => {
      answers = [fail(cancelled('TransactionConflict', 'ConditionalCheckFailed'))];
      expect(await table.write(WRITES)).toEqual({ kind: 'refused', refused: [1] });
    });

    it('answers when the one write was refused', async () => {
      answers = [fail(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }))];
      expect(await table.write([{ put: note(1) }])).toEqual({ kind: 'refused', refused: [0] });
    });

    it('tries one write again that met a transaction', async () => {
      answers = [fail(Object.assign(new Error('conflict'), { name: 'TransactionConflictException' })), () => ({})];
      expect(await table.write([{ put: note(1) }])).toEqual({ kind: 'written' });
      expect(inputs.length).toBe(2);
    });

    it('gives up when conflicts do not end', async () => {
      answers = [fail(cancelled('TransactionConflict', 'None'))];
      await expect(table.write(WRITES)).rejects.toThrow(TableBusyError);
      expect(inputs.length).toBe(12);
    });

    it.each([
      ['a transaction that is wrong', cancelled('ValidationError', 'None')],
      ['a transaction that is wrong and met another one', cancelled('ValidationError', 'TransactionConflict')],
      ['a transaction that gives no reason', cancelled()],
      ['any other error', new TypeError('broken')],
    ])('throws %s at once', async (_, error) => {
      answers = [fail(error)];
      await expect(table.write(WRITES)).rejects.toBe(error);
      expect(inputs.length).toBe(1);
    });
  });

  it('queries on until it has as many as were asked for', async () => {
    const page = (from: number, to: number, more: boolean) => () => ({
      Items: times(to - from, (at) => ({ pk: { S: 'P' }, sk: { S: String(from + at) } })),
      ...(more && { LastEvaluatedKey: { pk: { S: 'P' }, sk: { S: String(to - 1) } } }),
    });
    answers = [page(0, 2, true), page(2, 2, true), page(2, 5, true)];
    expect((await table.query({ pk: 'P', limit: 5 })).map(({ sk }) => sk)).toEqual(times(5, String));
    expect(inputs).toMatchObject([{ Limit: 5 }, { Limit: 3, ExclusiveStartKey: { sk: { S: '1' } } }, { Limit: 3 }]);
  });
});
