import * as z from 'zod/mini';

export type JsonSchema = Record<string, unknown>;

/** Turns schemas into JSON Schema for a reference document; those with an id are collected as components, each once. */
export class SchemaComponents {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly #target: 'draft-7' | 'draft-2020-12';

  constructor(target: 'draft-7' | 'draft-2020-12') {
    this.#target = target;
  }

  schema(schema: z.ZodMiniType, io: 'input' | 'output'): JsonSchema {
    const {
      $defs,
      definitions = $defs,
      $schema: _,
      ...own
    } = z.toJSONSchema(schema, {
      io,
      target: this.#target,
      unrepresentable: 'any',
    }) as JsonSchema & { $defs?: Record<string, JsonSchema>; definitions?: Record<string, JsonSchema> };
    for (const [id, definition] of Object.entries(definitions ?? {})) this.#add(id, definition);
    if (typeof own.id !== 'string') return rewriteReferences(own);
    this.#add(own.id, own);
    return { $ref: `#/components/schemas/${own.id}` };
  }

  #add(id: string, { id: _, ...definition }: JsonSchema): void {
    this.schemas[id] ??= rewriteReferences(definition);
  }
}

const rewriteReferences = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll(/#\/(\$defs|definitions)\//g, '#/components/schemas/'));
