import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, Value } from '../table/table.ts';

export type Attributes = Record<string, AttributeValue>;

/**
 * Converts a value to a DynamoDB attribute. The SDK's `util-dynamodb` supports more types, and takes several times the CPU.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 * @throws TypeError for a number that JavaScript does not hold exactly, and for what is no value
 */
export const toAttribute = (value: Exclude<Value, undefined>): AttributeValue => {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
        throw new TypeError(`The number ${value} can't be stored: it must be finite and at most 2^53 - 1`);
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      if (value === null) return { NULL: true };
      if (Array.isArray(value))
        return { L: value.flatMap((element) => (element === undefined ? [] : toAttribute(element))) };
      if (isPlain(value)) return { M: toAttributes(value) };
  }
  throw new TypeError(`A value of the type ${typeof value} can't be stored`);
};

/** Converts an item, a key or a map. Undefined members are left out. @throws TypeError */
export const toAttributes = (values: object): Attributes => {
  const attributes: Attributes = {};
  for (const name in values) {
    const value = (values as Record<string, Value>)[name];
    if (value !== undefined) setOwn(attributes, name, toAttribute(value));
  }
  return attributes;
};

/** An assignment to `__proto__` would replace the object's prototype, and the member would be lost. */
const setOwn = <T>(object: Record<string, T>, name: string, value: T): void => {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
};

/** Other objects, such as a Set or a Date, would be stored as an empty map. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Converts an attribute to a value. A set, which this code never writes, becomes a list. @throws TypeError for bytes */
export const fromAttribute = (attribute: AttributeValue): Value => {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.M) return fromAttributes(attribute.M);
  if (attribute.L) return attribute.L.map(fromAttribute);
  if (attribute.NULL) return null;
  if (attribute.SS) return attribute.SS;
  if (attribute.NS) return attribute.NS.map(Number);
  throw new TypeError(`No item has an attribute of the type ${Object.keys(attribute)}`);
};

/** Converts a stored item; the caller knows its type. @throws TypeError */
export const toItem = <T extends Partial<Item>>(attributes: Attributes): T =>
  fromAttributes(attributes) as unknown as T;

/** Converts an item, a key or a map. @throws TypeError */
export const fromAttributes = (attributes: Attributes): Record<string, Value> => {
  const values: Record<string, Value> = {};
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute) setOwn(values, name, fromAttribute(attribute));
  }
  return values;
};
