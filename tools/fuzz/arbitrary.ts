import fc from 'fast-check';

/** As much of JSON Schema as the references use. */
export interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

/** What a schema would never have: wrong types, names of object properties, broken and invisible Unicode, long texts. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('__proto__', 'constructor', '\ud83d', '\u202e', '\u200b', '\ufffd', '', ' ', '1e999', '-0', 'null'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
  fc.constant('x'.repeat(9_000)),
);

const textOf = ({ pattern, maxLength = 40 }: Schema): fc.Arbitrary<unknown> => {
  const free = fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 60) });
  if (pattern === undefined) return free;
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'));
  } catch {
    // fast-check knows no Unicode classes in a pattern.
    return free;
  }
};

/**
 * Values that a schema takes, and now and then others.
 * @param noise how often, of 20, a part is something else
 */
export const arbitraryOf = (schema: Schema, components: Record<string, Schema>, noise: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 20 - noise, arbitrary: soundOf(schema, components, noise) },
    { weight: noise, arbitrary: anything },
  );

const soundOf = (schema: Schema, components: Record<string, Schema>, noise: number): fc.Arbitrary<unknown> => {
  const of = (part: Schema) => arbitraryOf(part, components, noise);
  if (schema.$ref) return soundOf(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, components, noise);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(of));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(schema.minimum ?? -10, -1e6), max: Math.min(schema.maximum ?? 1e6, 1e6) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(of(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 8, 120) });
    case 'object': {
      const parts = Object.entries(schema.properties ?? {}).map(([name, part]) => [name, of(part)]);
      return fc.record(Object.fromEntries(parts), { requiredKeys: (schema.required ?? []) as never[] });
    }
    default:
      return anything;
  }
};
