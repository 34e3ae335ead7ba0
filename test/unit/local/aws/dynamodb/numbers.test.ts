import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  sortableNumber,
} from '../../../../../local/aws/dynamodb/numbers.ts';

const DIGITS_38 = '12345678901234567890123456789012345678';

describe('a number', () => {
  it.each([
    ['1', '1'],
    ['-0', '0'],
    ['007', '7'],
    ['1e3', '1000'],
    ['1.50', '1.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['1E-3', '0.001'],
    ['-12.34e1', '-123.4'],
    [DIGITS_38, DIGITS_38],
    ['9.9e125', `99${'0'.repeat(124)}`],
  ])('%s is stored as %s', (text, stored) => {
    expect(canonicalNumber(text)).toBe(stored);
  });

  it.each(['', 'a', '1a', '--1', '.', '1e', `${DIGITS_38}9`, '1e126', '1e-131', 'Infinity', 'NaN'])(
    'is not %s',
    (text) => {
      expect(() => canonicalNumber(text)).toThrow(expect.objectContaining({ name: 'ValidationException' }));
    },
  );

  it('of a million digits is refused as fast as it is read', () => {
    expect(() => canonicalNumber(`1${'0'.repeat(1_000_000)}1`)).toThrow('38 significant digits');
    expect(canonicalNumber(`${'0'.repeat(1_000_000)}1.${'0'.repeat(1_000_000)}`)).toBe('1');
  });

  it.each([
    ['0.1', '0.2', '0.3'],
    ['9007199254740993', '1', '9007199254740994'],
    ['99999999999999999999', '1', '100000000000000000000'],
    ['1e20', '-1', '99999999999999999999'],
    ['5', '-5', '0'],
  ])('%s and %s make %s', (a, b, sum) => {
    expect(addNumbers(a, b)).toBe(sum);
    expect(addNumbers(sum, b, -1)).toBe(canonicalNumber(a));
  });

  it('takes no sum of more than 38 digits', () => {
    expect(() => addNumbers(DIGITS_38, '0.1')).toThrow();
  });

  it('sorts as a number, whatever its sign, size and digits', () => {
    const decimal = fc
      .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: -8, max: 8 }))
      .map(([digits, exponent]) => ({ text: `${digits}e${exponent}`, value: digits * 10 ** exponent }));
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const exact = BigInt(Math.round(a.value * 1e8)) - BigInt(Math.round(b.value * 1e8));
        const sign = exact < 0n ? -1 : exact > 0n ? 1 : 0;
        const [x, y] = [sortableNumber(a.text), sortableNumber(b.text)];
        expect(x < y ? -1 : x > y ? 1 : 0).toBe(sign);
        expect(Math.sign(compareNumbers(canonicalNumber(a.text), canonicalNumber(b.text)))).toBe(sign);
      }),
      { numRuns: 2_000 },
    );
  });
});
