import { InvalidArgumentError } from 'commander';

type Parse = (text: string) => number;

const parser =
  (what: string, isValid: (value: number) => boolean): Parse =>
  (text) => {
    const value = Number(text);
    if (text.trim() === '' || !isValid(value)) throw new InvalidArgumentError(`It must be ${what}.`);
    return value;
  };

/**
 * The parser of a command's option whose value is a whole number.
 *
 * @throws InvalidArgumentError for every other text: `Number` alone would make NaN of it, and the command would do nothing
 */
export const wholeNumber = (least: number): Parse =>
  parser(`a whole number from ${least}`, (value) => Number.isSafeInteger(value) && value >= least);

/**
 * The same for a number that need not be whole.
 *
 * @param most no larger value is valid
 */
export const numberFrom = (least: number, most = Number.POSITIVE_INFINITY): Parse =>
  parser(
    most === Number.POSITIVE_INFINITY ? `a number from ${least}` : `a number from ${least} to ${most}`,
    (value) => Number.isFinite(value) && value >= least && value <= most,
  );

/** The same for a number above 0: a length of time, a size. */
export const positiveNumber: Parse = parser('a number above 0', (value) => Number.isFinite(value) && value > 0);
