import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonCopy } from '../../../../local/aws/json-copy.ts';

it('copies what JSON would bring to the other side', () => {
  const values = [fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.date({ noInvalidDate: true })];
  const nothing = [fc.constant(null), fc.constant(undefined), fc.constant(() => 1), fc.constant(new Set([1]))];
  fc.assert(
    fc.property(fc.object({ values: [...values, ...nothing], maxDepth: 4 }), (value) => {
      expect(jsonCopy(value)).toStrictEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('shares nothing that can be changed', () => {
  const value = { list: [{ a: 1 }], text: 'x' };
  const copy = jsonCopy(value) as typeof value;
  copy.list[0] = { a: 2 };
  expect(value).toEqual({ list: [{ a: 1 }], text: 'x' });
});

it('refuses what JSON refuses', () => {
  expect(() => jsonCopy({ a: 1n })).toThrow(TypeError);
});
