import { validation } from './errors.ts';
import { getAttribute } from './intake.ts';
import { utf8Size } from './item-size.ts';
import { MAX_PARTITION_KEY_SIZE, MAX_SORT_KEY_SIZE } from './limits.ts';
import type { Attributes, AttributeValue, IndexSchema, KeyAttribute, KeySchema } from './types.ts';
import { sortable, typeOf } from './values.ts';

/** Where an item stands: its partition, and its place in it. Both texts sort as the keys do. */
export interface Place {
  partition: string;
  sort: string;
}

const MISMATCH = 'The provided key element does not match the schema';
const invalid = (message: string) => validation(`One or more parameter values were invalid: ${message}`);
const notValid = (message: string) => validation(`One or more parameter values are not valid. ${message}`);

export const keyAttributes = ({ partition, sort }: KeySchema): KeyAttribute[] =>
  sort ? [partition, sort] : [partition];

const valueBytes = (value: AttributeValue): number =>
  value.S !== undefined ? utf8Size(value.S) : (value.B?.length ?? 1);

/** Keys are not empty, and of 2,048 and 1,024 bytes at most. */
const checkSize = (value: AttributeValue, { name }: KeyAttribute, isPartition: boolean): void => {
  const size = valueBytes(value);
  if (size === 0) {
    const kind = value.S === undefined ? 'binary' : 'string';
    throw notValid(`The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`);
  }
  const limit = isPartition ? MAX_PARTITION_KEY_SIZE : MAX_SORT_KEY_SIZE;
  if (size > limit) {
    throw invalid(
      isPartition
        ? `Size of hashkey has exceeded the maximum size limit of${limit} bytes`
        : `Aggregated size of all range keys has exceeded the size limit of ${limit} bytes`,
    );
  }
};

/** The place of a whole item. @throws ValidationException when its keys are missing or wrong */
export const placeOfItem = (schema: KeySchema, item: Attributes): Place => {
  const value = (attribute: KeyAttribute, isPartition: boolean): AttributeValue => {
    const found = getAttribute(item, attribute.name);
    if (!found) throw invalid(`Missing the key ${attribute.name} in the item`);
    if (found[attribute.type] === undefined) {
      throw invalid(`Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(found)}`);
    }
    checkSize(found, attribute, isPartition);
    return found;
  };
  return {
    partition: sortable(value(schema.partition, true), schema.partition.type),
    sort: schema.sort ? sortable(value(schema.sort, false), schema.sort.type) : '',
  };
};

/** The place of a request's key, which has the key's attributes alone. @throws ValidationException */
export const placeOfKey = ({ partition, sort }: KeySchema, key: Attributes): Place => {
  const first = keyValue(key, partition);
  const second = sort && keyValue(key, sort);
  if (Object.keys(key).length !== (sort ? 2 : 1)) throw validation(MISMATCH);
  checkSize(first, partition, true);
  if (!sort || !second) return { partition: sortable(first, partition.type), sort: '' };
  checkSize(second, sort, false);
  return { partition: sortable(first, partition.type), sort: sortable(second, sort.type) };
};

const keyValue = (key: Attributes, { name, type }: KeyAttribute): AttributeValue => {
  const value = getAttribute(key, name);
  if (value?.[type] === undefined) throw validation(MISMATCH);
  return value;
};

/** The key of an item, by itself. */
export const keyOf = (schema: KeySchema, item: Attributes): Attributes => {
  const key: Attributes = {};
  for (const { name } of keyAttributes(schema)) key[name] = item[name] as AttributeValue;
  return key;
};

/**
 * An attribute that is a key of an index must have its type, and not be empty.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 */
export const checkIndexKeys = ({ name: index, key }: IndexSchema, item: Attributes): void => {
  for (const [at, { name, type }] of keyAttributes(key).entries()) {
    const value = getAttribute(item, name);
    if (!value) continue;
    if (value[type] === undefined) {
      throw invalid(
        `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index}`,
      );
    }
    const size = valueBytes(value);
    if (size === 0) {
      throw notValid(
        `A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. IndexName: ${index}, IndexKey: ${name}`,
      );
    }
    if (size > (at === 0 ? MAX_PARTITION_KEY_SIZE : MAX_SORT_KEY_SIZE)) {
      throw invalid(
        `Size of ${at === 0 ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of${at === 0 ? MAX_PARTITION_KEY_SIZE : MAX_SORT_KEY_SIZE} bytes`,
      );
    }
  }
};

/**
 * An index's keys need not be unique: the table's key follows in the sort text. The end of the first part is marked so that
 * it sorts below everything that could go on there.
 */
export const indexSort = (sort: string, place: Place): string =>
  `${sort.replaceAll('\0', '\0\u0002')}\0\u0001${place.partition.replaceAll('\0', '\0\u0002')}\0\u0001${place.sort}`;

/** Above all index sort texts that begin with this sort key, and below all those of a greater one. */
export const afterIndexSort = (sort: string): string => `${sort.replaceAll('\0', '\0\u0002')}\0\u0001\uffff`;
export const atIndexSort = (sort: string): string => `${sort.replaceAll('\0', '\0\u0002')}\0\u0001`;

/** One text for one item of the engine. */
export const itemId = (tableName: string, { partition, sort }: Place): string =>
  `${tableName}\0${partition.length}\0${partition}${sort}`;
