import type { Attributes, AttributeValue } from './types.ts';

/** How many bytes a text takes in UTF-8. */
export const utf8Size = (text: string): number => {
  const { length } = text;
  if (length > 48) return Buffer.byteLength(text);
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) > 127) return Buffer.byteLength(text);
  return length;
};

/** About one byte for two significant digits, and one more; one more again for a negative number. */
const numberSize = (text: string): number => {
  const isNegative = text.charCodeAt(0) === 45;
  const digits = text
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '')
    .replace(/0+$/, '');
  return digits === '' ? 1 : Math.ceil(digits.length / 2) + 1 + (isNegative ? 1 : 0);
};

/** A list or a map takes 3 bytes, and 1 for each element. */
const DOCUMENT = 3;
const ELEMENT = 1;

/** Bytes of a value, without its attribute's name. */
export const valueSize = (value: AttributeValue): number => {
  if (value.S !== undefined) return utf8Size(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.B) return value.B.length;
  if (value.M) return documentSize(value.M);
  let size = 0;
  if (value.L) for (const element of value.L) size += ELEMENT + valueSize(element);
  if (value.L) return size + DOCUMENT;
  for (const text of value.SS ?? []) size += utf8Size(text);
  for (const text of value.NS ?? []) size += numberSize(text);
  for (const bytes of value.BS ?? []) size += bytes.length;
  return size;
};

const documentSize = (map: Attributes): number => {
  let size = DOCUMENT;
  for (const name in map) size += ELEMENT + utf8Size(name) + valueSize(map[name] ?? { NULL: true });
  return size;
};

/**
 * The size of an item in bytes: the UTF-8 names of its attributes and their values.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export const itemSize = (item: Attributes): number => {
  let size = 0;
  for (const name in item) size += utf8Size(name) + valueSize(item[name] ?? { NULL: true });
  return size;
};
