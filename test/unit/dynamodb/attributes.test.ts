import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAttribute, fromAttributes, toAttribute, toAttributes } from '../../../src/dynamodb/attributes.ts';

const values = fc.object({
  values: [
    fc.string(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
  ],
  maxDepth: 4,
});

describe('attributes', () => {
  it("are the SDK's own, there and back", () => {
    fc.assert(
      fc.property(values, (item) => {
        const attributes = marshall(item, { removeUndefinedValues: true });
        expect(toAttributes(item)).toEqual(attributes);
        expect(fromAttributes(attributes)).toEqual(unmarshall(attributes));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('are never %s', (number) => {
    expect(() => toAttribute(number)).toThrow(TypeError);
  });

  it.each([new Set(['a']), new Date(0), new Map(), () => 1, Symbol('a'), 1n])('are never made of %s', (value) => {
    expect(() => toAttribute(value as never)).toThrow(TypeError);
  });

  it.each(['{"__proto__":{"isAdmin":true}}', '{"map":{"__proto__":"a text","other":1}}'])(
    'keep a member with the name of the prototype: %s',
    (json) => {
      const item = JSON.parse(json);
      const stored = JSON.parse(JSON.stringify(toAttributes(item)));
      const read = fromAttributes(stored);
      expect(JSON.stringify(read)).toBe(json);
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(read.isAdmin).toBeUndefined();
    },
  );

  it('that somebody else has stored as sets are lists; bytes are refused', () => {
    expect(fromAttributes({ names: { SS: ['a'] }, numbers: { NS: ['1'] } })).toEqual({ names: ['a'], numbers: [1] });
    expect(() => fromAttribute({ B: new Uint8Array(1) })).toThrow(TypeError);
  });
});
