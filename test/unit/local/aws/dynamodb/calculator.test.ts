import { describe, expect, it } from 'vitest';
import { itemSize } from '../../../../../local/aws/dynamodb/item-size.ts';
import type { Attributes } from '../../../../../local/aws/dynamodb/types.ts';
import { readUnits, writeUnits } from '../../../../../local/aws/dynamodb/units.ts';
import { sizedItems } from '../../../../support/sized-items.ts';

/**
 * What the public calculator says of the same items, computed by its own script: bytes, read units (consistent), write
 * units. https://github.com/zaccharles/dynamodb-calculator
 */
const CALCULATED: Record<string, [number, number, number]> = {
  thought: [380, 1, 1],
  tombstone: [266, 1, 1],
  head: [958, 1, 1],
  following: [88, 1, 1],
  follower: [91, 1, 1],
  entry: [93, 1, 1],
  presence: [241, 1, 1],
  count: [88, 1, 1],
};

describe('the size and the units of an item', () => {
  const items = sizedItems();

  it.each(Object.entries(CALCULATED))('of the kind %s are what the public calculator says', (name, calculated) => {
    const size = itemSize(items[name] as Attributes);
    expect([size, readUnits(size, 'consistent'), writeUnits(size)]).toEqual(calculated);
  });

  it('are held for every kind that there is here', () => {
    expect(Object.keys(items).sort()).toEqual(Object.keys(CALCULATED).sort());
  });
});
