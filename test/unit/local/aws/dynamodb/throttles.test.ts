import { describe, expect, it } from 'vitest';
import { Throttles } from '../../../../../local/aws/dynamodb/throttles.ts';
import type { Charge } from '../../../../../local/aws/dynamodb/types.ts';

const THROUGHPUT = { tableWrites: 40, tableReads: 120, partitionWrites: 10, partitionReads: 30 };
const write = (partition: string | undefined, units = 1, indexName?: string): Charge => ({
  tableName: 'table',
  indexName,
  partition,
  kind: 'write',
  units,
});

/** How many of these are let through at once. */
const passed = (throttles: Throttles, now: number, charges: (at: number) => Charge[], tries = 200): number =>
  Array.from({ length: tries }, (_, at) => throttles.take(charges(at), now)).filter(({ kind }) => kind === 'admitted')
    .length;

describe('throttles', () => {
  it('let one partition key take its units, and another its own', () => {
    const throttles = new Throttles(THROUGHPUT);
    expect(passed(throttles, 0, () => [write('a')])).toBe(10);
    expect(passed(throttles, 0, () => [write('b')])).toBe(10);
    expect(passed(throttles, 0, () => [{ ...write('a'), kind: 'read' }])).toBe(30);
  });

  it('let the table take its units over all keys', () => {
    expect(passed(new Throttles(THROUGHPUT), 0, (at) => [write(`key ${at}`)])).toBe(40);
  });

  it('fill up with time, and hold one second at most', () => {
    const throttles = new Throttles(THROUGHPUT);
    passed(throttles, 0, () => [write('a')]);
    expect(passed(throttles, 500, () => [write('a')])).toBe(5);
    expect(passed(throttles, 60_000, () => [write('a')])).toBe(10);
  });

  it('make a large item leave a debt', () => {
    const throttles = new Throttles(THROUGHPUT);
    expect(throttles.take([write('a', 30)], 0)).toEqual({ kind: 'admitted' });
    expect(throttles.take([write('a')], 1_900)).toEqual({ kind: 'throttled', indexName: undefined });
    expect(throttles.take([write('a')], 2_100)).toEqual({ kind: 'admitted' });
  });

  it('throttle the whole write when one key of an index is hot, and take nothing then', () => {
    const throttles = new Throttles(THROUGHPUT);
    const hot = (at: number) => [write(`key ${at}`), write('FEED', 1, 'gsi1')];
    expect(passed(throttles, 0, hot, 20)).toBe(10);
    expect(throttles.take(hot(99), 0)).toEqual({ kind: 'throttled', indexName: 'gsi1' });
    expect(passed(throttles, 0, (at) => [write(`other ${at}`)])).toBe(30);
  });

  it('forget the keys that nobody asks for', () => {
    const throttles = new Throttles({ ...THROUGHPUT, tableWrites: 1e9 });
    for (let at = 0; at < 50_000; at++) throttles.take([write(`key ${at}`)], at);
    expect(throttles.size).toBeLessThanOrEqual(10_001);
  });
});
