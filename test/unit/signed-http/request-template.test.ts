import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareBody, type RequestKind, RequestTemplate } from '../../../src/signed-http/request-template.ts';
import { SigningKey } from '../../../src/signed-http/signing-key.ts';
import type { WireRequest } from '../../support/scripted-server.ts';
import { sdkAuthorization } from '../../support/sdk-signature.ts';

const parse = (bytes: Buffer): WireRequest => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  const [start = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const [method = '', path = ''] = start.split(' ');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
  return { method, path, headers, body: bytes.subarray(headEnd + 4).toString(), socketNumber: 0 };
};

const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const KINDS: Record<string, RequestKind> = {
  'execute-api': { method: 'POST', path: '/@connections/', headers: { 'content-type': 'application/octet-stream' } },
  dynamodb: {
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem', 'content-type': 'application/x-amz-json-1.0' },
  },
};
const requests = fc.record({
  service: fc.constantFrom('execute-api', 'dynamodb'),
  id: base64,
  text: fc.string({ unit: 'grapheme', maxLength: 400 }),
  host: fc.constantFrom('abc123.execute-api.eu-central-1.amazonaws.com', '127.0.0.1:3001', 'chat.example.org'),
  path: fc.constantFrom('', '/dev', '/a stage/and~more', '/v1.0'),
  region: fc.constantFrom('eu-central-1', 'us-gov-west-1', 'local'),
  atMs: fc.integer({ min: 0, max: 4e12 }),
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
  secretAccessKey: fc.oneof(
    base64,
    fc.stringMatching(/^[A-Za-z0-9/+]{70,80}$/).map((long) => long.slice(0, 60)),
  ),
  sessionToken: fc.option(base64, { nil: undefined }),
});

describe('a signed request', () => {
  it("has the signature that the SDK's own signer gives it", async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ service, text, host, path, region, atMs, sessionToken, ...rest }) => {
        const { accessKeyId, secretAccessKey } = rest;
        const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
        const kind = KINDS[service] as RequestKind;
        const id = service === 'dynamodb' ? '' : rest.id;
        const key = new SigningKey({ service, region }, credentials, atMs);
        const template = new RequestTemplate(key, { host, basePath: encodeURI(path) }, kind);
        const request = parse(template.request(prepareBody(text), id));
        expect(request.headers.authorization).toBe(await sdkAuthorization(request, credentials, region, service));
        expect(request.path).toBe(`${encodeURI(path)}${kind.path}${encodeURIComponent(id)}`);
        expect(request.headers).toMatchObject({ ...kind.headers, host });
        expect(request.headers['x-amz-security-token']).toBe(sessionToken);
        expect(request.body).toBe(text);
        expect(request.headers['content-length']).toBe(String(Buffer.byteLength(text)));
      }),
    );
  });

  it('has the same signature whatever was signed before', () => {
    const make = () => {
      const key = new SigningKey(
        { service: 'execute-api', region: 'r' },
        { accessKeyId: 'a', secretAccessKey: 's' },
        0,
      );
      return new RequestTemplate(key, { host: 'h', basePath: '' }, KINDS['execute-api'] as RequestKind);
    };
    const [first, second] = [make(), make()];
    const body = prepareBody('a frame');
    const expected = second.request(body, 'id=').toString();
    for (const before of ['another', 'yy==', 'di=', 'same']) {
      const kept = first.request(prepareBody('of another'), before);
      const copy = kept.toString();
      expect(first.request(body, 'id=').toString()).toBe(expected);
      expect(kept.toString()).toBe(copy);
    }
  });
});
