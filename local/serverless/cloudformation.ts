/** The values of `Ref` and `Fn::GetAtt`: `{ Table: 'thoughts', 'Table.Arn': 'arn:…' }`. */
export type Names = Record<string, string>;

export type Resolved = { kind: 'value'; value: unknown } | { kind: 'unknown'; what: string };

class UnknownValue extends Error {}

/**
 * Resolves CloudFormation's functions in a value: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`, `Fn::Select` and `Fn::Split` of known
 * names.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export const resolveValue = (value: unknown, names: Names): Resolved => {
  try {
    return { kind: 'value', value: resolved(value, names) };
  } catch (error) {
    if (error instanceof UnknownValue) return { kind: 'unknown', what: error.message };
    throw error;
  }
};

/** The same, but leaves out elements of lists and members of objects whose value is not known. */
export const resolveKnown = (value: unknown, names: Names): unknown => {
  if (Array.isArray(value)) return value.map((one) => resolveKnown(one, names)).filter((one) => one !== undefined);
  if (!isObject(value) || intrinsicOf(value)) {
    const result = resolveValue(value, names);
    return result.kind === 'value' ? result.value : undefined;
  }
  const members = Object.entries(value).map(([name, member]) => [name, resolveKnown(member, names)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The function call of an object with exactly one member that is a CloudFormation function. */
const intrinsicOf = (value: Record<string, unknown>): [name: string, operand: unknown] | undefined => {
  const [entry, ...others] = Object.entries(value);
  return entry && others.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::')) ? entry : undefined;
};

const resolved = (value: unknown, names: Names): unknown => {
  if (Array.isArray(value)) return value.map((one) => resolved(one, names));
  if (!isObject(value)) return value;
  const intrinsic = intrinsicOf(value);
  if (!intrinsic) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, names)]));
  const [name, operand] = intrinsic;
  const call = FUNCTIONS[name];
  if (!call) throw new UnknownValue(`${name} ${JSON.stringify(operand)}`);
  return call(operand, names);
};

const named = (name: string, names: Names): string => {
  const value = names[name];
  if (value === undefined) throw new UnknownValue(name);
  return value;
};

const FUNCTIONS: Record<string, (operand: unknown, names: Names) => unknown> = {
  Ref: (operand, names) => named(String(operand), names),
  'Fn::GetAtt': (operand, names) => named([operand].flat().join('.'), names),
  'Fn::Sub': (operand, names) => {
    const [text, own = {}] = [operand].flat() as [string, Record<string, unknown>?];
    const all = { ...names, ...(resolved(own, names) as Names) };
    return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) =>
      name.startsWith('!') ? `\${${name.slice(1)}}` : named(name.trim(), all),
    );
  },
  'Fn::Join': (operand, names) => {
    const [separator, parts] = resolved(operand, names) as [string, string[]];
    return parts.join(separator);
  },
  'Fn::Split': (operand, names) => {
    const [separator, text] = resolved(operand, names) as [string, string];
    return text.split(separator);
  },
  'Fn::Select': (operand, names) => {
    const [index, list] = resolved(operand, names) as [number, unknown[]];
    return list[index];
  },
};
