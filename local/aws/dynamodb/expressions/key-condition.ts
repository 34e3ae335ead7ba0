import { validation } from '../errors.ts';
import { utf8Size } from '../item-size.ts';
import type { AttributeValue, KeyAttribute, KeySchema } from '../types.ts';
import { sortable, typeOf } from '../values.ts';
import type { Comparator, Condition, Operand } from './ast.ts';
import type { Scope } from './scope.ts';

/** The part of one partition that a Query reads, as sortable texts; both bounds are inclusive unless they say otherwise. */
export interface KeyRange {
  partition: string;
  low?: { sort: string; isExclusive: boolean };
  high?: { sort: string; isExclusive: boolean };
  prefix?: string;
}

type Bound = { attribute: string; operator: Comparator | 'BETWEEN' | 'begins_with'; values: AttributeValue[] };

const NOT_SUPPORTED = 'Query key condition not supported';

/**
 * Reads a checked KeyConditionExpression: the partition key's value, and at most one bound of the sort key.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
 * @throws ValidationException
 */
export const keyRangeOf = (condition: Condition, schema: KeySchema, scope: Scope, indexName?: string): KeyRange => {
  const bounds = boundsOf(condition, scope);
  const names = bounds.map(({ attribute }) => attribute);
  if (new Set(names).size < names.length) {
    throw validation('KeyConditionExpressions must only contain one condition per key');
  }
  if (bounds.length > 2) throw validation('Conditions can be of length 1 or 2 only');
  const partition = bounds.find(({ attribute }) => attribute === schema.partition.name);
  if (!partition) throw validation(`Query condition missed key schema element: ${schema.partition.name}`);
  if (partition.operator !== '=') throw validation(NOT_SUPPORTED);
  const other = bounds.find((bound) => bound !== partition);
  if (other && other.attribute !== schema.sort?.name) {
    throw validation(schema.sort ? `Query condition missed key schema element: ${schema.sort.name}` : NOT_SUPPORTED);
  }
  const [value] = sortTexts(partition, schema.partition, indexName);
  const range: KeyRange = { partition: value ?? '' };
  return other && schema.sort ? withSort(range, other, sortTexts(other, schema.sort, indexName)) : range;
};

const withSort = (range: KeyRange, { operator }: Bound, [first = '', second = '']: string[]): KeyRange => {
  const [inclusive, exclusive] = [
    { sort: first, isExclusive: false },
    { sort: first, isExclusive: true },
  ];
  switch (operator) {
    case '=':
      return { ...range, low: inclusive, high: inclusive };
    case '<':
      return { ...range, high: exclusive };
    case '<=':
      return { ...range, high: inclusive };
    case '>':
      return { ...range, low: exclusive };
    case '>=':
      return { ...range, low: inclusive };
    case 'BETWEEN':
      return { ...range, low: inclusive, high: { sort: second, isExclusive: false } };
    case 'begins_with':
      return { ...range, low: inclusive, prefix: first };
    default:
      throw validation(NOT_SUPPORTED);
  }
};

const boundsOf = (condition: Condition, scope: Scope): Bound[] => {
  if (condition.kind === 'and') return [...boundsOf(condition.left, scope), ...boundsOf(condition.right, scope)];
  if (condition.kind === 'or' || condition.kind === 'not' || condition.kind === 'in') {
    const operator = condition.kind.toUpperCase();
    throw validation(`Invalid operator used in KeyConditionExpression: ${operator}`);
  }
  if (condition.kind === 'test') {
    if (condition.name !== 'begins_with') {
      throw validation(`Invalid operator used in KeyConditionExpression: ${condition.name}`);
    }
    const [path, value] = condition.operands;
    return [{ attribute: nameOf(path, scope), operator: 'begins_with', values: [constantOf(value, scope)] }];
  }
  if (condition.kind === 'between') {
    const values = [condition.low, condition.high].map((bound) => constantOf(bound, scope));
    return [{ attribute: nameOf(condition.operand, scope), operator: 'BETWEEN', values }];
  }
  const { comparator, left, right } = condition;
  if (comparator === '<>') throw validation('Invalid operator used in KeyConditionExpression: <>');
  if (left.kind === 'value' && right.kind === 'path') {
    return [{ attribute: nameOf(right, scope), operator: MIRRORED[comparator], values: [constantOf(left, scope)] }];
  }
  return [{ attribute: nameOf(left, scope), operator: comparator, values: [constantOf(right, scope)] }];
};

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const nameOf = (operand: Operand | undefined, scope: Scope): string => {
  if (operand?.kind === 'call') {
    throw validation('KeyConditionExpressions cannot contain nested operations');
  }
  if (operand?.kind !== 'path') {
    throw validation('Invalid condition in KeyConditionExpression: No key attribute specified');
  }
  const path = scope.path(operand.path);
  if (path.length > 1) {
    throw validation('KeyConditionExpressions cannot have conditions on nested attributes');
  }
  return String(path[0]);
};

const constantOf = (operand: Operand | undefined, scope: Scope): AttributeValue => {
  if (operand?.kind === 'value') return scope.value(operand.name);
  if (operand?.kind === 'call') {
    throw validation('KeyConditionExpressions cannot contain nested operations');
  }
  throw validation('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
};

const sortTexts = ({ values, operator }: Bound, { name, type }: KeyAttribute, indexName?: string): string[] =>
  values.map((value) => {
    if (value[type] === undefined) {
      throw validation(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
    }
    const isEmpty = (value.S !== undefined && utf8Size(value.S) === 0) || value.B?.length === 0;
    if (isEmpty) {
      const kind = typeOf(value) === 'S' ? 'string' : 'binary';
      const empty = `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
      const detail =
        indexName === undefined
          ? `${empty} Key: ${name}`
          : `A value specified for a secondary index key is not supported. ${empty} IndexName: ${indexName}, IndexKey: ${name}`;
      throw validation(`One or more parameter values are not valid. ${detail}`);
    }
    if (operator === 'begins_with' && type === 'N') throw validation(NOT_SUPPORTED);
    return sortable(value, type);
  });
