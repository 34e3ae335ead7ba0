import { validation } from '../errors.ts';
import type { AttributeValue } from '../types.ts';
import { areEqual, compareValues, TYPE_NAMES, type TypeName, typeOf } from '../values.ts';
import type { Condition, Operand } from './ast.ts';
import type { ExpressionKind } from './parser.ts';
import { pathText } from './paths.ts';
import type { Scope } from './scope.ts';

const ORDERED: TypeName[] = ['S', 'N', 'B'];

/**
 * What can be told to be wrong without an item: types that a function doesn't take, bounds in the wrong order.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * @throws ValidationException
 */
export const checkCondition = (kind: ExpressionKind, condition: Condition, scope: Scope): void => {
  const error = (message: string) => validation(`Invalid ${kind}: ${message}`);
  const wrongType = (operator: string, type: string) =>
    error(`Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`);
  const constantOf = (operand: Operand): AttributeValue | undefined =>
    operand.kind === 'value' ? scope.value(operand.name) : undefined;
  const mustBe = (operator: string, operand: Operand, types: readonly TypeName[]) => {
    const value = constantOf(operand);
    if (value && !types.includes(typeOf(value))) throw wrongType(operator, typeOf(value));
  };

  const distinct = (operator: string, [first, ...rest]: Operand[]) => {
    const same = rest.find((other) => isSame(first, other, scope));
    if (first && same) {
      throw error(
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${operandText(first, scope)}`,
      );
    }
  };
  const operand = (part: Operand): void => {
    if (part.kind !== 'call') return;
    const [inner] = part.operands;
    if (inner) mustBe('size', inner, ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M']);
    for (const each of part.operands) operand(each);
  };

  switch (condition.kind) {
    case 'and':
    case 'or':
      checkCondition(kind, condition.left, scope);
      checkCondition(kind, condition.right, scope);
      return;
    case 'not':
      checkCondition(kind, condition.condition, scope);
      return;
    case 'compare': {
      const { left, right, comparator } = condition;
      operand(left);
      operand(right);
      distinct(comparator, [left, right]);
      if (comparator !== '=' && comparator !== '<>') {
        mustBe(comparator, left, ORDERED);
        mustBe(comparator, right, ORDERED);
      }
      return;
    }
    case 'between': {
      for (const each of [condition.operand, condition.low, condition.high]) {
        operand(each);
        mustBe('BETWEEN', each, ORDERED);
      }
      distinct('BETWEEN', [condition.operand, condition.low, condition.high]);
      const [low, high] = [constantOf(condition.low), constantOf(condition.high)];
      if (!low || !high) return;
      const order = compareValues(low, high);
      if (order === undefined) {
        throw error(
          `The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: ${valueText(low)}, upper bound operand: ${valueText(high)}`,
        );
      }
      if (order > 0) {
        throw error(
          `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: ${valueText(low)}, upper bound operand: ${valueText(high)}`,
        );
      }
      return;
    }
    case 'in':
      for (const each of [condition.operand, ...condition.list]) operand(each);
      distinct('IN', [condition.operand, ...condition.list]);
      return;
    case 'test': {
      const { name, operands } = condition;
      for (const each of operands) operand(each);
      const [first, second] = operands;
      if (!first) return;
      if (second) distinct(name, operands);
      if (!second && first.kind !== 'path') {
        throw error(`Operator or function requires a document path; operator or function: ${name}`);
      }
      if (name === 'begins_with') for (const each of operands) mustBe(name, each, ['S', 'B']);
      if (name === 'attribute_type' && second) checkTypeName(constantOf(second));
      if (name === 'contains') mustBe(name, first, ['S', 'B', 'SS', 'NS', 'BS', 'L']);
      return;
    }
  }

  function checkTypeName(value: AttributeValue | undefined): void {
    if (value?.S === undefined) throw wrongType('attribute_type', value ? typeOf(value) : 'M');
    if (TYPE_NAMES.includes(value.S as TypeName)) return;
    throw error(`Invalid attribute type name found; type: ${value.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`);
  }
};

const isSame = (a: Operand | undefined, b: Operand, scope: Scope): boolean => {
  if (a?.kind === 'path' && b.kind === 'path') return pathText(scope.path(a.path)) === pathText(scope.path(b.path));
  return (
    a?.kind === 'value' && b.kind === 'value' && areEqual(scope.value(a.name), scope.value(b.name)) && a.name === b.name
  );
};

const operandText = (operand: Operand, scope: Scope): string => {
  if (operand.kind === 'path') return pathText(scope.path(operand.path));
  return operand.kind === 'value' ? operand.name : operand.name;
};

const valueText = (value: AttributeValue): string => {
  const type = typeOf(value);
  return `AttributeValue: {${type}:${value[type as keyof AttributeValue]}}`;
};
