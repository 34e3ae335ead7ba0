import type { Attributes, AttributeValue } from '../types.ts';
import { areEqual, bytesText, compareValues, setElements, typeOf } from '../values.ts';
import type { Comparator, Condition, Operand } from './ast.ts';
import { checkCondition } from './condition-check.ts';
import { parseCondition } from './condition-parser.ts';
import type { ExpressionKind } from './parser.ts';
import { valueAt } from './paths.ts';
import type { Scope } from './scope.ts';

export type Test = (item: Attributes) => boolean;

/** A test of items by an expression; everything passes when there is none. @throws ValidationException */
export const conditionTest = (kind: ExpressionKind, text: string | undefined, scope: Scope): Test | undefined => {
  if (text === undefined) return undefined;
  const condition = scope.use(kind, parseCondition(kind, text));
  checkCondition(kind, condition, scope);
  return (item) => holds(condition, item, scope);
};

const holds = (condition: Condition, item: Attributes, scope: Scope): boolean => {
  const of = (operand: Operand) => operandValue(operand, item, scope);
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item, scope) && holds(condition.right, item, scope);
    case 'or':
      return holds(condition.left, item, scope) || holds(condition.right, item, scope);
    case 'not':
      return !holds(condition.condition, item, scope);
    case 'compare':
      return compares(condition.comparator, of(condition.left), of(condition.right));
    case 'between': {
      const value = of(condition.operand);
      return compares('>=', value, of(condition.low)) && compares('<=', value, of(condition.high));
    }
    case 'in': {
      const value = of(condition.operand);
      return condition.list.some((operand) => compares('=', value, of(operand)));
    }
    case 'test':
      return passes(condition.name, condition.operands.map(of));
  }
};

/** What an operand is in an item; undefined when it isn't there. */
export const operandValue = (operand: Operand, item: Attributes, scope: Scope): AttributeValue | undefined => {
  if (operand.kind === 'value') return scope.value(operand.name);
  if (operand.kind === 'path') return valueAt(item, scope.path(operand.path));
  const [first] = operand.operands;
  const size = first && sizeOf(operandValue(first, item, scope));
  return size === undefined ? undefined : { N: String(size) };
};

const compares = (comparator: Comparator, a: AttributeValue | undefined, b: AttributeValue | undefined): boolean => {
  if (comparator === '<>') return !(a && b && areEqual(a, b));
  if (!a || !b) return false;
  if (comparator === '=') return areEqual(a, b);
  const order = compareValues(a, b);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
};

const passes = (name: string, [value, other]: (AttributeValue | undefined)[]): boolean => {
  if (name === 'attribute_exists') return value !== undefined;
  if (name === 'attribute_not_exists') return value === undefined;
  if (!value || !other) return false;
  if (name === 'attribute_type') return typeOf(value) === other.S;
  return name === 'begins_with' ? beginsWith(value, other) : contains(value, other);
};

const beginsWith = (value: AttributeValue, prefix: AttributeValue): boolean => {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  return value.B !== undefined && prefix.B !== undefined && bytesText(value.B).startsWith(bytesText(prefix.B));
};

/** A part of a text or of bytes, an element of a set or of a list. */
const contains = (value: AttributeValue, part: AttributeValue): boolean => {
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && bytesText(value.B).includes(bytesText(part.B));
  if (value.L) return value.L.some((element) => areEqual(element, part));
  if (value.SS) return part.S !== undefined && value.SS.includes(part.S);
  if (value.NS) return part.N !== undefined && value.NS.includes(part.N);
  return value.BS !== undefined && part.B !== undefined && value.BS.map(bytesText).includes(bytesText(part.B));
};

/** The UTF-16 units of a text, the bytes of binary data, the elements of a set, a list or a map; nothing has another size. */
const sizeOf = (value: AttributeValue | undefined): number | undefined => {
  if (!value) return undefined;
  if (value.S !== undefined) return value.S.length;
  if (value.B) return value.B.length;
  if (value.M) return Object.keys(value.M).length;
  return (value.L ?? setElements(value))?.length;
};
