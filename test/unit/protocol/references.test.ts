import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../../src/http/openapi.ts';
import { asyncApi } from '../../../src/protocol/asyncapi.ts';
import { ClientFrames } from '../../../src/protocol/client-frames.ts';
import { ServerFrames } from '../../../src/protocol/server-frames.ts';
import { memoryRoutes } from '../../support/routes.ts';

/** AsyncAPI's own schema of its documents. */
const specification = (version: string): object =>
  JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve(`@asyncapi/specs/schemas/${version}-without-$id.json`), 'utf8'),
  ) as object;

describe('the AsyncAPI document', () => {
  const document = asyncApi();

  it('is one by the rules of AsyncAPI', () => {
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false, allErrors: true });
    const isValid = ajv.compile(specification(document.asyncapi));
    expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 5))).toBe(true);
  });

  it('has a message for each frame, and every schema that it refers to', () => {
    const names = [...Object.keys(ClientFrames).map((name) => `client.${name}`), 'client.heartbeat'];
    const all = [...names, ...Object.keys(ServerFrames).map((name) => `server.${name}`)];
    expect(Object.keys(document.channels.socket.messages).sort()).toEqual(all.sort());
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(references.length).toBeGreaterThan(2);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name);
    expect(text).not.toContain('$defs');
  });
});

describe('the OpenAPI document', () => {
  it('is one by the rules of OpenAPI', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(openApi(memoryRoutes()))));
    expect(valid, JSON.stringify(errors)).toBe(true);
  });
});
