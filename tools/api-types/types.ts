type Json = Record<string, unknown>;

interface Operation {
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

/** As much of an OpenAPI document as is read here. */
export interface ApiDocument {
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, unknown> };
}

const HEADER = '// Made of the OpenAPI document by `npm run web:types`; a test holds it current.\n';

/** TypeScript for an OpenAPI document: an interface for each schema, and `Routes` by "METHOD /path". */
export const apiTypes = (document: ApiDocument): string => {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export interface ${name} ${typeOf(schema as Json)}\n`,
  );
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => `  '${method.toUpperCase()} ${path}': ${routeType(operation as Operation)};`,
    ),
  );
  return [HEADER, ...schemas, `export interface Routes {\n${routes.join('\n')}\n}\n`].join('\n');
};

const routeType = ({ parameters, requestBody, responses }: Operation): string => {
  const body = requestBody?.content['application/json']?.schema;
  const good = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
  const answer = good?.content?.['application/json']?.schema;
  const parts = [
    group('params', parameters, 'path'),
    group('query', parameters, 'query'),
    group('headers', parameters, 'header'),
    body && `body: ${typeOf(body)}`,
    `answer: ${answer ? typeOf(answer) : 'undefined'}`,
  ];
  return `{ ${parts.filter(Boolean).join('; ')} }`;
};

const group = (as: string, parameters: Operation['parameters'], where: string): string | undefined => {
  const chosen = parameters.filter((parameter) => parameter.in === where);
  if (chosen.length === 0) return undefined;
  const isOptional = chosen.every(({ required }) => !required);
  const members = chosen.map(({ name, required, schema }) => `${key(name)}${required ? '' : '?'}: ${typeOf(schema)}`);
  return `${as}${isOptional ? '?' : ''}: { ${members.join('; ')} }`;
};

/** A name as it may stand in a type: quoted when it is no identifier. */
const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`);

const typeOf = (schema: Json): string => {
  const { $ref, anyOf, oneOf, enum: values, const: value, type } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'unknown';
  if (Array.isArray(anyOf ?? oneOf)) return ((anyOf ?? oneOf) as Json[]).map(typeOf).join(' | ');
  if (Array.isArray(values)) return values.map((one) => literal(one)).join(' | ');
  if (value !== undefined) return literal(value);
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  if (type === 'array') return arrayType(schema);
  if (type === 'object') return objectType(schema);
  return 'unknown';
};

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

const arrayType = ({ items }: Json): string => {
  const item = (items ?? {}) as Json;
  const isUnion = 'anyOf' in item || 'oneOf' in item || 'enum' in item;
  return isUnion ? `(${typeOf(item)})[]` : `${typeOf(item)}[]`;
};

const objectType = ({ properties, required = [], additionalProperties }: Json): string => {
  const members = Object.entries((properties ?? {}) as Record<string, Json>).map(
    ([name, schema]) => `${key(name)}${(required as string[]).includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  if (members.length > 0) return `{ ${members.join('; ')} }`;
  const more = typeof additionalProperties === 'object' ? typeOf(additionalProperties as Json) : 'unknown';
  return `Record<string, ${more}>`;
};
