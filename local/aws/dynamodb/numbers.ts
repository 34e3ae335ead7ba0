import { validation } from './errors.ts';
import { MAX_DIGITS } from './limits.ts';

/**
 * DynamoDB's numbers: up to 38 significant digits, magnitudes from 1E-130 to 9.99...E+125.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
const FORM = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/;
const SMALL_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
/** Whole numbers of up to 38 digits stay as they are. */
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,37})$/;

/** coefficient * 10 ** exponent. */
interface Decimal {
  coefficient: bigint;
  exponent: number;
}

const isSmall = (text: string): boolean => text.length <= 16 && SMALL_INTEGER.test(text);

/** Without the zeros at its end. A regular expression would look at each run of zeros again from each of its zeros. */
const withoutTrailingZeros = (digits: string): string => {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
};

const parse = (text: string): Decimal => {
  const match = FORM.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (!match || whole.length + fraction.length === 0) {
    throw validation(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  if (significant === '') return { coefficient: 0n, exponent: 0 };
  if (significant.length > MAX_DIGITS) {
    throw validation('Attempting to store more than 38 significant digits in a Number');
  }
  const exponent = Number(power) - fraction.length + (digits.length - significant.length);
  checkRange(significant.length, exponent);
  return { coefficient: BigInt(sign === '-' ? `-${significant}` : significant), exponent };
};

const checkRange = (digits: number, exponent: number): void => {
  if (digits + exponent - 1 > MAX_EXPONENT) {
    throw validation('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (digits + exponent - 1 < MIN_EXPONENT) {
    throw validation('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
};

const format = ({ coefficient, exponent }: Decimal): string => {
  if (coefficient === 0n) return '0';
  const sign = coefficient < 0n ? '-' : '';
  const digits = String(coefficient < 0n ? -coefficient : coefficient);
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  const fraction = withoutTrailingZeros(padded.slice(exponent));
  return `${sign}${padded.slice(0, exponent)}${fraction && `.${fraction}`}`;
};

/**
 * The one way in which a number is stored and given back: plain digits without an exponent.
 * @throws ValidationException for what is no number, or is too large, too small or too exact
 */
export const canonicalNumber = (text: string): string => (PLAIN_INTEGER.test(text) ? text : format(parse(text)));

/** The sum, in decimals. @throws ValidationException when it has more than 38 digits or is too large */
export const addNumbers = (a: string, b: string, sign: 1 | -1 = 1): string => {
  if (isSmall(a) && isSmall(b)) return String(Number(a) + sign * Number(b) + 0);
  const [x, y] = [parse(a), parse(b)];
  const exponent = Math.min(x.exponent, y.exponent);
  const scaled = ({ coefficient, exponent: own }: Decimal) => coefficient * 10n ** BigInt(own - exponent);
  return canonicalNumber(format({ coefficient: scaled(x) + BigInt(sign) * scaled(y), exponent }));
};

/** Less than 0, 0 or more than 0, as decimals. */
export const compareNumbers = (a: string, b: string): number => {
  if (isSmall(a) && isSmall(b)) return Number(a) - Number(b);
  const [x, y] = [sortableNumber(a), sortableNumber(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};

/**
 * A text that sorts as the number does: a sign, the place of the first digit, the digits. For a negative number each digit
 * is turned over, and a mark above all digits ends it, so that more digits sort lower.
 */
export const sortableNumber = (text: string): string => {
  const { coefficient, exponent } = parse(text);
  if (coefficient === 0n) return '1';
  const isNegative = coefficient < 0n;
  const digits = String(isNegative ? -coefficient : coefficient);
  const place = String(digits.length + exponent + 500);
  if (!isNegative) return `2${place}${digits}`;
  return `0${turnOver(place)}${turnOver(digits)}~`;
};

const turnOver = (digits: string): string => digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
