import type { Action, Operand, Term } from './ast.ts';
import { cached, Parser } from './parser.ts';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
const SET_FUNCTIONS = ['if_not_exists', 'list_append'];

/**
 * Parses an UpdateExpression.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 * @throws ValidationException
 */
export const parseUpdate = cached((kind, text) => {
  const parser = new Parser(kind, text);
  const seen = new Set<string>();
  const actions: Action[] = [];
  while (!parser.isDone) {
    const section = SECTIONS.find((name) => parser.take(name));
    if (!section) throw parser.syntaxError();
    if (seen.has(section)) {
      throw parser.error(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do actions.push(action(section, parser));
    while (parser.take(','));
  }
  return parser.parsed(actions);
});

const action = (section: (typeof SECTIONS)[number], parser: Parser): Action => {
  const path = parser.path();
  if (section === 'REMOVE') return { kind: section, path };
  if (section !== 'SET') return { kind: section, path, value: parser.value() };
  parser.expect('=');
  return { kind: section, path, term: term(parser) };
};

const term = (parser: Parser): Term => {
  const left = operand(parser);
  if (!parser.is('+') && !parser.is('-')) return left;
  const sign = parser.next() === '+' ? 1 : -1;
  return { kind: 'sum', sign, left, right: operand(parser) };
};

const operand = (parser: Parser): Operand => {
  if (!parser.is('(')) return parser.operand(SET_FUNCTIONS);
  parser.expect('(');
  const inner = operand(parser);
  parser.expect(')');
  return inner;
};
