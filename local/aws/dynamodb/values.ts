import { compareNumbers, sortableNumber } from './numbers.ts';
import type { AttributeValue, KeyType } from './types.ts';

export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';

export const TYPE_NAMES: readonly TypeName[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS'];

/** The type of a stored value, which has exactly one. */
export const typeOf = (value: AttributeValue): TypeName => {
  for (const type in value) return type as TypeName;
  return 'NULL';
};

/** Bytes as a text of as many characters, which compares as the bytes do. */
export const bytesText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** UTF-16 sorts the characters beyond U+FFFF below U+E000 to U+FFFF; DynamoDB sorts by UTF-8 bytes. */
const NEEDS_FIX = /[\ud800-\uffff]/;
const fixUnit = (unit: string): string => {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
};

/** A text whose UTF-16 order is the order of the original's UTF-8 bytes; a prefix stays a prefix. */
export const sortableText = (text: string): string =>
  NEEDS_FIX.test(text) ? text.replace(/[\ud800-\uffff]/g, fixUnit) : text;

/**
 * A key's value as a text that sorts as DynamoDB sorts the values: numbers as numbers, texts and bytes by bytes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
 */
export const sortable = (value: AttributeValue, type: KeyType): string => {
  if (type === 'S') return sortableText(value.S ?? '');
  return type === 'N' ? sortableNumber(value.N ?? '0') : bytesText(value.B ?? new Uint8Array());
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of two values of one type; undefined when they have none. */
export const compareValues = (a: AttributeValue, b: AttributeValue): number | undefined => {
  if (a.S !== undefined && b.S !== undefined) return compareTexts(sortableText(a.S), sortableText(b.S));
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return compareTexts(bytesText(a.B), bytesText(b.B));
  return undefined;
};

/** The elements of a set as texts; undefined for what is no set. */
export const setElements = (value: AttributeValue): string[] | undefined =>
  value.SS ?? value.NS ?? value.BS?.map(bytesText);

const areSetsEqual = (a: string[], b: string[]): boolean => {
  if (a.length !== b.length) return false;
  const elements = new Set(b);
  return a.every((element) => elements.has(element));
};

/** Whether two stored values are the same: of one type and, for documents, deeply. Stored numbers are canonical. */
export const areEqual = (a: AttributeValue, b: AttributeValue): boolean => {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'S':
      return a.S === b.S;
    case 'N':
      return a.N === b.N;
    case 'BOOL':
      return a.BOOL === b.BOOL;
    case 'NULL':
      return true;
    case 'B':
      return bytesText(a.B ?? new Uint8Array()) === bytesText(b.B ?? new Uint8Array());
    case 'M':
      return areItemsEqual(a.M ?? {}, b.M ?? {});
    case 'L':
      return areListsEqual(a.L ?? [], b.L ?? []);
    default:
      return areSetsEqual(setElements(a) ?? [], setElements(b) ?? []);
  }
};

const areListsEqual = (a: AttributeValue[], b: AttributeValue[]): boolean =>
  a.length === b.length && a.every((value, at) => areEqual(value, b[at] ?? { NULL: true }));

/** Whether two items have the same attributes. */
export const areItemsEqual = (a: Record<string, AttributeValue>, b: Record<string, AttributeValue>): boolean => {
  if (a === b) return true;
  let count = 0;
  for (const name in a) {
    const [value, other] = [a[name], Object.hasOwn(b, name) ? b[name] : undefined];
    if (value === undefined || other === undefined || !areEqual(value, other)) return false;
    count++;
  }
  return Object.keys(b).length === count;
};
