/**
 * Copies a value as JSON would carry it: the result of `JSON.parse(JSON.stringify(value))`. It is faster, because texts are not
 * escaped and parsed.
 */
export const jsonCopy = (value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : null;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((element) => jsonCopy(element) ?? null);
      if ('toJSON' in value) return JSON.parse(JSON.stringify(value));
      return copyOf(value as Record<string, unknown>);
    case 'bigint':
      throw new TypeError('JSON has no bigint');
    default:
      return undefined;
  }
};

const copyOf = (value: Record<string, unknown>): Record<string, unknown> => {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const part = jsonCopy(value[name]);
    if (part !== undefined) copy[name] = part;
  }
  return copy;
};
