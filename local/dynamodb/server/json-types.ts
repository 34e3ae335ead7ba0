import { serialization } from '../../aws/dynamodb/errors.ts';

/** The types that a part of a request can have. Each function gives the value back. @throws SerializationException */
const nameOf = (value: unknown): string => {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return 'NUMBER_VALUE';
  return value === true ? 'TRUE_VALUE' : 'FALSE_VALUE';
};

const mistyped = (value: unknown, type: string) => {
  if (Array.isArray(value)) return serialization('Start of list found where not expected');
  if (typeof value === 'object') return serialization('Start of structure or map found where not expected.');
  return serialization(`${nameOf(value)} cannot be converted to ${type}`);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const takeText = (value: unknown): string => {
  if (typeof value !== 'string') throw mistyped(value, 'String');
  return value;
};

export const takeFlag = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw mistyped(value, 'Boolean');
  return value;
};

export const takeNumber = (value: unknown): number => {
  if (typeof value !== 'number') throw mistyped(value, 'Integer');
  return value;
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export const takeBytes = (value: unknown): Uint8Array => {
  if (typeof value !== 'string') throw mistyped(value, 'Blob');
  if (value.length % 4 !== 0 || !BASE64.test(value)) {
    throw serialization(`'${value.slice(0, 100)}' can not be converted to a Blob: it is no Base64`);
  }
  return Uint8Array.from(Buffer.from(value, 'base64'));
};

export const takeList = (value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw isObject(value) ? mistyped(value, 'List') : serialization('Expected list or null');
  if (value.includes(null)) throw serialization('A list has null for a member');
  return value;
};

export const takeMap = (value: unknown): Record<string, unknown> => {
  if (!isObject(value)) throw Array.isArray(value) ? mistyped(value, 'Map') : serialization('Expected map or null');
  return value;
};

export const takeStructure = (value: unknown): Record<string, unknown> => {
  if (!isObject(value)) throw Array.isArray(value) ? mistyped(value, 'Structure') : serialization('Expected null');
  return value;
};
