import { validation } from './errors.ts';
import { MAX_DEPTH } from './limits.ts';
import { canonicalNumber } from './numbers.ts';
import type { Attributes, AttributeValue } from './types.ts';
import { bytesText } from './values.ts';

const EMPTY = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const SEVERAL =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';
const invalid = (message: string) => validation(`One or more parameter values were invalid: ${message}`);

/** A user's attribute may be called `__proto__`. */
export const setAttribute = (target: Attributes, name: string, value: AttributeValue): void => {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
};

/** A user's attribute may be called `constructor`: only own ones count. */
export const getAttribute = (item: Attributes, name: string): AttributeValue | undefined =>
  Object.hasOwn(item, name) ? item[name] : undefined;

/**
 * Checks the attributes of a request and copies them, numbers in their canonical form.
 * @throws ValidationException
 */
export const takeAttributes = (attributes: Attributes, depth = 0): Attributes => {
  const taken: Attributes = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) setAttribute(taken, name, takeValue(value, depth));
  }
  return taken;
};

/** The same for one value. @param depth how many lists and maps it lies in */
export const takeValue = (value: AttributeValue, depth = 0): AttributeValue => {
  let type: string | undefined;
  for (const name in value) {
    if (value[name as keyof AttributeValue] === undefined) continue;
    if (type !== undefined) throw validation(SEVERAL);
    type = name;
  }
  switch (type) {
    case 'S':
      return { S: value.S as string };
    case 'N':
      return { N: canonicalNumber(value.N as string) };
    case 'BOOL':
      return { BOOL: value.BOOL as boolean };
    case 'NULL':
      if (!value.NULL) throw invalid('Null attribute value types must have the value of true');
      return { NULL: true };
    case 'B':
      return { B: Uint8Array.from(value.B as Uint8Array) };
    case 'M':
      checkDepth(depth);
      return { M: takeAttributes(value.M as Attributes, depth + 1) };
    case 'L':
      checkDepth(depth);
      return { L: (value.L as AttributeValue[]).map((element) => takeValue(element, depth + 1)) };
    case 'SS':
      return { SS: distinct('string', value.SS as string[], (text) => text) };
    case 'NS':
      return { NS: distinct('number', (value.NS as string[]).map(canonicalNumber), (text) => text) };
    case 'BS':
      return { BS: distinct('binary', value.BS as Uint8Array[], bytesText).map((bytes) => Uint8Array.from(bytes)) };
    default:
      throw validation(EMPTY);
  }
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes */
const checkDepth = (depth: number): void => {
  if (depth >= MAX_DEPTH) throw validation('Nesting Levels have exceeded supported limits');
};

const distinct = <T>(kind: string, elements: T[], text: (element: T) => string): T[] => {
  if (elements.length === 0) throw invalid(`An ${kind} set  may not be empty`);
  if (new Set(elements.map(text)).size === elements.length) return [...elements];
  throw invalid(
    kind === 'number'
      ? 'Input collection contains duplicates'
      : `Input collection [${elements.map(text).join(', ')}] contains duplicates.`,
  );
};
