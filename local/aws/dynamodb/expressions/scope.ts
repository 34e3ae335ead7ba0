import { validation } from '../errors.ts';
import { takeValue } from '../intake.ts';
import type { AttributeValue } from '../types.ts';
import type { Parsed, Path } from './ast.ts';
import type { ExpressionKind } from './parser.ts';

type Names = Record<string, string> | undefined;
type Values = Record<string, AttributeValue> | undefined;

/** The names and values that a request gives to its expressions' placeholders. */
export class Scope {
  readonly #names: Map<string, string> | undefined;
  readonly #values: Map<string, AttributeValue> | undefined;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;
  readonly #paths = new Map<Path, Path>();
  #expressions = 0;

  /** @throws ValidationException */
  constructor(names: Names, values: Values) {
    this.#names = names && new Map(Object.entries(names));
    this.#values = values && new Map(Object.entries(values).map(([name, value]) => [name, taken(name, value)]));
    this.#unusedNames = new Set(this.#names?.keys());
    this.#unusedValues = new Set(this.#values?.keys());
  }

  /** Checks that what an expression uses is defined. @throws ValidationException */
  use<T>(kind: ExpressionKind, { tree, names, values }: Parsed<T>): T {
    this.#expressions++;
    for (const name of names) {
      if (!this.#names?.has(name)) {
        throw validation(
          `Invalid ${kind}: An expression attribute name used in the document path is not defined; attribute name: ${name}`,
        );
      }
      this.#unusedNames.delete(name);
    }
    for (const name of values) {
      if (!this.#values?.has(name)) {
        throw validation(
          `Invalid ${kind}: An expression attribute value used in expression is not defined; attribute value: ${name}`,
        );
      }
      this.#unusedValues.delete(name);
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
    for (const [kind, map, prefix] of [
      ['ExpressionAttributeNames', this.#names, '#'],
      ['ExpressionAttributeValues', this.#values, ':'],
    ] as const) {
      if (map?.size === 0) throw validation(`${kind} must not be empty`);
      for (const name of map?.keys() ?? []) {
        if (!name.startsWith(prefix)) throw validation(`${kind} contains invalid key: Syntax error; key: "${name}"`);
      }
    }
    unused('ExpressionAttributeNames', this.#unusedNames);
    unused('ExpressionAttributeValues', this.#unusedValues);
  }

  value(name: string): AttributeValue {
    return this.#values?.get(name) ?? { NULL: true };
  }

  /** A path with the attributes' own names. */
  path(path: Path): Path {
    const known = this.#paths.get(path);
    if (known) return known;
    const resolved = path.map((part) =>
      typeof part === 'string' && part.startsWith('#') ? (this.#names?.get(part) ?? part) : part,
    );
    this.#paths.set(path, resolved);
    return resolved;
  }
}

const taken = (name: string, value: AttributeValue): AttributeValue => {
  try {
    return takeValue(value);
  } catch (error) {
    throw validation(`ExpressionAttributeValues contains invalid value: ${(error as Error).message} for key ${name}`);
  }
};

const unused = (kind: string, names: Set<string>): void => {
  if (names.size > 0)
    throw validation(`Value provided in ${kind} unused in expressions: keys: {${[...names].join(', ')}}`);
};
