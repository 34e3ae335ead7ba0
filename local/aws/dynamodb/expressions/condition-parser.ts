import { MAX_IN_OPERANDS } from '../limits.ts';
import type { Comparator, Condition } from './ast.ts';
import { cached, Parser } from './parser.ts';

const TESTS = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'];
const COMPARATORS = ['=', '<>', '<', '<=', '>', '>='];

/**
 * Parses a ConditionExpression, a FilterExpression or a KeyConditionExpression.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * @throws ValidationException
 */
export const parseCondition = cached((kind, text) => {
  const parser = new Parser(kind, text);
  return parser.parsed(or(parser));
});

const or = (parser: Parser): Condition => {
  let left = and(parser);
  while (parser.take('OR')) left = { kind: 'or', left, right: and(parser) };
  return left;
};

const and = (parser: Parser): Condition => {
  let left = not(parser);
  while (parser.take('AND')) left = { kind: 'and', left, right: not(parser) };
  return left;
};

const not = (parser: Parser): Condition =>
  parser.take('NOT') ? { kind: 'not', condition: parser.nested(() => not(parser)) } : primary(parser);

const primary = (parser: Parser): Condition => {
  if (parser.take('(')) {
    const inner = parser.nested(() => or(parser));
    parser.expect(')');
    return inner;
  }
  if (parser.isCall && parser.token !== 'size') return { kind: 'test', ...parser.call(TESTS) };
  const operand = parser.operand(['size']);
  if (COMPARATORS.includes(parser.token)) {
    const comparator = parser.next() as Comparator;
    return { kind: 'compare', comparator, left: operand, right: parser.operand(['size']) };
  }
  if (parser.take('BETWEEN')) {
    const low = parser.operand(['size']);
    parser.expect('AND');
    return { kind: 'between', operand, low, high: parser.operand(['size']) };
  }
  if (!parser.take('IN')) throw parser.syntaxError();
  const list = parser.list(() => parser.operand(['size']));
  if (list.length > MAX_IN_OPERANDS) {
    throw parser.error(`The IN operator is provided with too many operands; number of operands: ${list.length}`);
  }
  return { kind: 'in', operand, list };
};
