import { validation } from '../../aws/dynamodb/errors.ts';
import { setAttribute } from '../../aws/dynamodb/intake.ts';
import type { Attributes, AttributeValue } from '../../aws/dynamodb/types.ts';
import { takeBytes, takeFlag, takeList, takeMap, takeStructure, takeText } from './json-types.ts';

/** Deeper than any value that may be stored: it spares the stack. */
const MAX_NESTING = 64;

const TYPES: Record<string, (value: unknown, depth: number) => unknown> = {
  S: takeText,
  N: takeText,
  B: takeBytes,
  BOOL: takeFlag,
  NULL: takeFlag,
  SS: (value) => takeList(value).map(takeText),
  NS: (value) => takeList(value).map(takeText),
  BS: (value) => takeList(value).map(takeBytes),
  L: (value, depth) => takeList(value).map((element) => takeValue(element, depth + 1)),
  M: (value, depth) => takeAttributes(value, depth + 1),
};

const takeValue = (value: unknown, depth: number): AttributeValue => {
  if (depth > MAX_NESTING) throw validation('Nesting Levels have exceeded supported limits');
  const parts = takeStructure(value);
  const taken: Record<string, unknown> = {};
  for (const type of Object.keys(parts)) {
    const part = parts[type];
    if (part !== null && Object.hasOwn(TYPES, type)) taken[type] = TYPES[type]?.(part, depth);
  }
  return taken as unknown as AttributeValue;
};

/** Attributes as JSON has them, with bytes in base64. @throws SerializationException, ValidationException */
export const takeAttributes = (value: unknown, depth = 0): Attributes => {
  const parts = takeMap(value);
  const taken: Attributes = {};
  for (const name of Object.keys(parts)) {
    if (parts[name] !== null) setAttribute(taken, name, takeValue(parts[name], depth));
  }
  return taken;
};
