import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PostSigner, prepareFrame } from '../../../../src/push/fast-post/signer.ts';
import type { PushRequest } from '../../../support/push-gateway.ts';
import { sdkAuthorization } from '../../../support/sdk-signature.ts';

/** The request that a text of one character a byte stands for. */
const parse = (wire: string): PushRequest => {
  const bytes = Buffer.from(wire, 'latin1');
  const headEnd = bytes.indexOf('\r\n\r\n');
  const [start = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const [method = '', path = ''] = start.split(' ');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
  return { method, path, headers, body: bytes.subarray(headEnd + 4).toString(), socketNumber: 0 };
};

const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const requests = fc.record({
  cid: base64,
  frame: fc.string({ unit: 'grapheme', maxLength: 400 }),
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
      fc.asyncProperty(requests, async ({ cid, frame, host, path, region, atMs, sessionToken, ...keys }) => {
        const credentials = { ...keys, ...(sessionToken !== undefined && { sessionToken }) };
        const signer = new PostSigner({ host, path: encodeURI(path), region }, credentials, atMs);
        const request = parse(signer.request(cid, prepareFrame(frame)));
        expect(request.headers.authorization).toBe(await sdkAuthorization(request, credentials, region));
        expect(request.path).toBe(`${encodeURI(path)}/@connections/${encodeURIComponent(cid)}`);
        expect(request.headers['x-amz-security-token']).toBe(sessionToken);
        expect(request.headers.host).toBe(host);
        expect(request.body).toBe(frame);
        expect(request.headers['content-length']).toBe(String(Buffer.byteLength(frame)));
      }),
    );
  });

  it('has the same signature whatever was signed before', () => {
    const make = () =>
      new PostSigner({ host: 'h', path: '', region: 'r' }, { accessKeyId: 'a', secretAccessKey: 's' }, 0);
    const [first, second] = [make(), make()];
    const frame = prepareFrame('a frame');
    first.request('another', prepareFrame('of another'));
    expect(first.request('id=', frame)).toBe(second.request('id=', frame));
  });
});
