import { validation } from '../errors.ts';
import { takeValue } from '../intake.ts';
import type { AttributeValue } from '../types.ts';
import type { Parsed, Path } from './ast.ts';
import type { ExpressionKind } from './parser.ts';

type Names = Record<string, string> | undefined;
type Values = Record<string, AttributeValue> | undefined;

/** The names and values that a request gives to its expressions' placeholders. */
export class Scope {
  readonly #names: Names;
  readonly #values: Map<string, AttributeValue> | undefined;
  /** Names and values alike: the first begin with `#`, the others with `:`. */
  readonly #used = new Set<string>();
  #paths: Map<Path, Path> | undefined;
  #expressions = 0;

  /** @throws ValidationException */
  constructor(names: Names, values: Values) {
    this.#names = names;
    if (!values) return;
    this.#values = new Map();
    for (const name of Object.keys(values)) this.#values.set(name, taken(name, values[name] as AttributeValue));
  }

  /** Checks that what an expression uses is defined. @throws ValidationException */
  use<T>(kind: ExpressionKind, { tree, names, values }: Parsed<T>): T {
    this.#expressions++;
    for (const name of names) {
      if (this.#nameOf(name) === undefined) {
        throw validation(
          `Invalid ${kind}: An expression attribute name used in the document path is not defined; attribute name: ${name}`,
        );
      }
      this.#used.add(name);
    }
    for (const name of values) {
      if (!this.#values?.has(name)) {
        throw validation(
          `Invalid ${kind}: An expression attribute value used in expression is not defined; attribute value: ${name}`,
        );
      }
      this.#used.add(name);
    }
    return tree;
  }

  /** Checks that everything defined was used. @throws ValidationException */
  done(): void {
    if (this.#expressions === 0 && this.#names) {
      throw validation('ExpressionAttributeNames can only be specified when using expressions');
    }
    if (this.#expressions === 0 && this.#values) {
      throw validation('ExpressionAttributeValues can only be specified when using expressions');
    }
    const names = this.#names && Object.keys(this.#names);
    const values = this.#values && [...this.#values.keys()];
    if (names) checkKeys('ExpressionAttributeNames', names, '#');
    if (values) checkKeys('ExpressionAttributeValues', values, ':');
    if (names) this.#checkUsed('ExpressionAttributeNames', names);
    if (values) this.#checkUsed('ExpressionAttributeValues', values);
  }

  value(name: string): AttributeValue {
    return this.#values?.get(name) ?? { NULL: true };
  }

  /** A path with the attributes' own names. */
  path(path: Path): Path {
    const known = this.#paths?.get(path);
    if (known) return known;
    const resolved = path.map((part) =>
      typeof part === 'string' && part.startsWith('#') ? (this.#nameOf(part) ?? part) : part,
    );
    this.#paths = (this.#paths ?? new Map<Path, Path>()).set(path, resolved);
    return resolved;
  }

  /** The attribute of a placeholder; undefined when the request does not define it. */
  #nameOf(placeholder: string): string | undefined {
    return this.#names && Object.hasOwn(this.#names, placeholder) ? this.#names[placeholder] : undefined;
  }

  #checkUsed(kind: string, defined: string[]): void {
    if (defined.every((name) => this.#used.has(name))) return;
    const unused = defined.filter((name) => !this.#used.has(name));
    throw validation(`Value provided in ${kind} unused in expressions: keys: {${unused.join(', ')}}`);
  }
}

const checkKeys = (kind: string, defined: string[], prefix: string): void => {
  if (defined.length === 0) throw validation(`${kind} must not be empty`);
  for (const name of defined) {
    if (!name.startsWith(prefix)) throw validation(`${kind} contains invalid key: Syntax error; key: "${name}"`);
  }
};

const taken = (name: string, value: AttributeValue): AttributeValue => {
  try {
    return takeValue(value);
  } catch (error) {
    throw validation(`ExpressionAttributeValues contains invalid value: ${(error as Error).message} for key ${name}`);
  }
};
