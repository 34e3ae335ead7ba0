import { validation } from '../errors.ts';
import { utf8Size } from '../item-size.ts';
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_SIZE } from '../limits.ts';
import type { Operand, Parsed, Path } from './ast.ts';
import { isReserved } from './reserved-words.ts';
import { END, type Token, tokenize } from './tokens.ts';

export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'UpdateExpression'
  | 'ProjectionExpression';

/** Reads the tokens of one expression: what all kinds have in common. */
export class Parser {
  readonly kind: ExpressionKind;
  readonly names = new Set<string>();
  readonly values = new Set<string>();
  readonly #text: string;
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;
  /** A fault of meaning, told when the whole expression has the right form. */
  #fault: Error | undefined;

  /** @throws ValidationException */
  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    if (text.trim() === '') throw this.error('The expression can not be empty;');
    const size = utf8Size(text);
    if (size > MAX_EXPRESSION_SIZE) {
      throw this.error(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
    }
    const { tokens, wrong } = tokenize(text);
    this.#text = text;
    this.#tokens = tokens;
    if (wrong) {
      const near = text.slice(tokens.at(-1)?.start ?? wrong.start, wrong.end);
      throw this.error(`Syntax error; token: "${wrong.text}", near: "${near}"`);
    }
  }

  get token(): string {
    return this.#tokens[this.#at]?.text ?? END;
  }

  get isDone(): boolean {
    return this.#at >= this.#tokens.length;
  }

  error(message: string) {
    return validation(`Invalid ${this.kind}: ${message}`);
  }

  syntaxError() {
    const last = this.#tokens.length - 1;
    const near = this.#text.slice(
      this.#tokens[Math.min(Math.max(0, this.#at - 1), last)]?.start,
      this.#tokens[Math.min(this.#at + 1, last)]?.end,
    );
    return this.error(`Syntax error; token: "${this.token}", near: "${near}"`);
  }

  /** Reads a part that lies in another one. @throws ValidationException when that would be too deep for the stack */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_EXPRESSION_DEPTH) throw this.error('The expression is nested too deeply');
    const part = read();
    this.#depth--;
    return part;
  }

  next(): string {
    const { token } = this;
    this.#at++;
    return token;
  }

  /** Whether the next token is this sign or this word, in any case. */
  is(token: string): boolean {
    return this.token.toUpperCase() === token;
  }

  /** Takes a token if it comes next. */
  take(token: string): boolean {
    if (!this.is(token)) return false;
    this.#at++;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.syntaxError();
  }

  /** Whether a function's call comes next. */
  get isCall(): boolean {
    return this.#tokens[this.#at + 1]?.text === '(' && /^[A-Za-z_]/.test(this.token);
  }

  value(): string {
    if (!this.token.startsWith(':')) throw this.syntaxError();
    const name = this.next();
    this.values.add(name);
    return name;
  }

  path(): Path {
    const path: Path = [this.#name()];
    for (;;) {
      if (this.take('.')) path.push(this.#name());
      else if (this.take('[')) {
        if (!/^\d+$/.test(this.token)) throw this.syntaxError();
        path.push(Number(this.next()));
        this.expect(']');
      } else return path;
    }
  }

  operand(functions: readonly string[]): Operand {
    if (this.token.startsWith(':')) return { kind: 'value', name: this.value() };
    if (!this.isCall) return { kind: 'path', path: this.path() };
    return { kind: 'call', ...this.call(functions) };
  }

  /** @param functions those allowed here */
  call(functions: readonly string[]): { name: string; operands: Operand[] } {
    const name = this.next();
    if (!FUNCTIONS.has(name)) throw this.error(`Invalid function name; function: ${name}`);
    if (!functions.includes(name)) {
      throw this.error(`The function is not allowed to be used this way in an expression; function: ${name}`);
    }
    const operands = this.list(() => this.operand(OPERAND_FUNCTIONS));
    const count = FUNCTIONS.get(name);
    if (operands.length !== count) {
      throw this.error(
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
    }
    return { name, operands };
  }

  /** Something in parentheses, between commas. */
  list<T>(element: () => T): T[] {
    this.expect('(');
    const elements = [element()];
    while (this.take(',')) elements.push(element());
    this.expect(')');
    return elements;
  }

  parsed<T>(tree: T): Parsed<T> {
    if (!this.isDone) throw this.syntaxError();
    if (this.#fault) throw this.#fault;
    return { tree, names: [...this.names], values: [...this.values] };
  }

  #name(): string {
    const name = this.token;
    if (!/^[#A-Za-z_]/.test(name) || KEYWORDS.has(name.toUpperCase())) throw this.syntaxError();
    if (name.startsWith('#')) this.names.add(name);
    else if (isReserved(name)) {
      this.#fault ??= this.error(`Attribute name is a reserved keyword; reserved keyword: ${name}`);
    }
    return this.next();
  }
}

const KEYWORDS = new Set(['ADD', 'AND', 'BETWEEN', 'DELETE', 'IN', 'NOT', 'OR', 'REMOVE', 'SET']);

export const OPERAND_FUNCTIONS = ['size', 'if_not_exists', 'list_append'] as const;

/** The number of operands of each function. */
const FUNCTIONS = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
  ['if_not_exists', 2],
  ['list_append', 2],
]);

/** Remembers what was parsed, by the text: a program has few expressions and uses them often. */
export const cached = <T>(parse: (kind: ExpressionKind, text: string) => T) => {
  const kinds = new Map<ExpressionKind, Map<string, T>>();
  return (kind: ExpressionKind, text: string): T => {
    const known = kinds.get(kind) ?? new Map<string, T>();
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = parse(kind, text);
    if (known.size >= MAX_CACHED) known.clear();
    kinds.set(kind, known.set(text, made));
    return made;
  };
};
const MAX_CACHED = 10_000;
