import { InvalidArgumentError } from 'commander';

/**
 * The parser of a command's option whose value is a whole number.
 *
 * @throws InvalidArgumentError for every other text: `Number` alone would make NaN of it, and the command would do nothing
 */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return value;
  };
