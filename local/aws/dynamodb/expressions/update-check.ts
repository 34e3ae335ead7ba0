import { validation } from '../errors.ts';
import type { AttributeValue } from '../types.ts';
import { typeOf } from '../values.ts';
import type { Action, Operand } from './ast.ts';
import type { Scope } from './scope.ts';

/**
 * What can be told to be wrong with an update without an item: the types of its values.
 * @throws ValidationException
 */
export const checkUpdate = (actions: Action[], scope: Scope): void => {
  for (const action of actions) {
    if (action.kind === 'SET') {
      const { term } = action;
      if (term.kind !== 'sum') checkOperand(term, scope);
      else {
        for (const operand of [term.left, term.right]) {
          checkOperand(operand, scope);
          mustBe(term.sign === 1 ? '+' : '-', operand, ['N'], scope);
        }
      }
    } else if (action.kind !== 'REMOVE') {
      const type = typeOf(scope.value(action.value));
      const types = action.kind === 'ADD' ? ['N', 'SS', 'NS', 'BS'] : ['SS', 'NS', 'BS'];
      if (!types.includes(type))
        throw wrong(`operator: ${action.kind}, operand type: ${LONG_NAMES[type]}`, action.kind);
    }
  }
};

const LONG_NAMES: Record<string, string> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  M: 'MAP',
  L: 'LIST',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
};

const wrong = (detail: string, kind?: string) =>
  validation(
    `Invalid UpdateExpression: Incorrect operand type for operator or function; ${kind === undefined ? 'operator or function' : ''}${kind === undefined ? ': ' : ''}${detail}`,
  );

const mustBe = (operator: string, operand: Operand, types: string[], scope: Scope): void => {
  const value: AttributeValue | undefined = operand.kind === 'value' ? scope.value(operand.name) : undefined;
  if (value && !types.includes(typeOf(value))) throw wrong(`${operator}, operand type: ${typeOf(value)}`);
};

const checkOperand = (operand: Operand, scope: Scope): void => {
  if (operand.kind !== 'call') return;
  const [first] = operand.operands;
  if (operand.name === 'if_not_exists' && first?.kind !== 'path') {
    throw validation(
      'Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists',
    );
  }
  if (operand.name === 'list_append') for (const each of operand.operands) mustBe('list_append', each, ['L'], scope);
  for (const each of operand.operands) checkOperand(each, scope);
};
