import { describe, expect, it } from 'vitest';
import { itemSize } from '../../../../../local/aws/dynamodb/item-size.ts';
import type { Attributes } from '../../../../../local/aws/dynamodb/types.ts';
import { indexWriteUnits, readUnits, writeUnits } from '../../../../../local/aws/dynamodb/units.ts';

describe('the size of an item', () => {
  it.each<[string, Attributes, number]>([
    ['a text and its name', { name: { S: 'abc' } }, 7],
    ['a text in UTF-8', { ü: { S: '\u{1F600}' } }, 6],
    ['a flag and a null', { a: { BOOL: true }, b: { NULL: true } }, 4],
    ['a number: a byte for two digits, and one', { n: { N: '1234' } }, 4],
    ['a negative number: one more', { n: { N: '-1234' } }, 5],
    ['a number without its zeros', { n: { N: '1200' } }, 3],
    ['nought', { n: { N: '0' } }, 2],
    ['bytes', { b: { B: new Uint8Array(10) } }, 11],
    ['a list: 3 bytes, and 1 for each element', { l: { L: [{ S: 'ab' }, { NULL: true }] } }, 1 + 3 + 3 + 2],
    ['a map: 3 bytes, and 1 for each pair', { m: { M: { key: { S: 'ab' } } } }, 1 + 3 + 1 + 3 + 2],
    ['an empty map', { m: { M: {} } }, 4],
    ['a set: its elements', { s: { SS: ['a', 'bc'] } }, 4],
  ])('is that of %s', (_, item, size) => {
    expect(itemSize(item)).toBe(size);
  });
});

describe('units', () => {
  it.each([
    [0, 1],
    [1_024, 1],
    [1_025, 2],
    [409_600, 400],
  ])('of a write of %i bytes: %i', (size, units) => {
    expect(writeUnits(size)).toBe(units);
  });

  it.each([
    [0, 'eventual', 0.5],
    [4_096, 'consistent', 1],
    [4_097, 'eventual', 1],
    [4_097, 'transaction', 4],
  ] as const)('of a read of %i bytes, %s: %d', (size, kind, units) => {
    expect(readUnits(size, kind)).toBe(units);
  });

  const entry = (place: string, size = 100) => ({ place, size });
  it.each([
    ['a new entry', undefined, entry('a'), true, 1],
    ['an entry that goes', entry('a', 2_000), undefined, true, 2],
    ['an entry that moves: a delete and a put', entry('a'), entry('b', 1_500), true, 3],
    ['a change of what is projected: the larger one', entry('a', 3_000), entry('a'), true, 3],
    ['a change of what is not projected', entry('a'), entry('a'), false, 0],
    ['an item that is not in the index', undefined, undefined, true, 0],
  ] as const)('of an index for %s', (_, before, after, isTouched, units) => {
    expect(indexWriteUnits({ before, after, isTouched })).toBe(units);
  });
});
