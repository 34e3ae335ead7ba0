import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { s3ImageObjects } from '../../../src/images/s3-image-objects.ts';
import { isTransient } from '../../../src/runtime/transient.ts';

let server: Server;
let connections = 0;
let answer = '';

beforeAll(async () => {
  server = createServer((request, response) => request.resume().on('end', () => response.end(answer)));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_REGION', 'local').stubEnv('AWS_ACCESS_KEY_ID', 'a').stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${port}`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

it('requests one after the other take one connection', async () => {
  answer = '';
  connections = 0;
  server.closeAllConnections();
  const objects = s3ImageObjects('bucket');
  for (let at = 0; at < 5; at++) await objects.keep(`alice/${at}.png`);
  expect(connections).toBe(1);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html: an answer of 200 can name objects that are still there.
it.each([
  ['InternalError', true],
  ['SlowDown', true],
  ['AccessDenied', false],
])('an object that S3 did not delete (%s) is an error; one that may pass: %s', async (code, mayPass) => {
  answer = `<DeleteResult><Error><Key>alice/2.png</Key><Code>${code}</Code></Error></DeleteResult>`;
  const error = await s3ImageObjects('bucket')
    .remove(['alice/1.png', 'alice/2.png'])
    .catch((reason) => reason);
  expect(error.message).toBe(`S3 did not delete 1 of 2 images: ${code} for alice/2.png`);
  expect(isTransient(error)).toBe(mayPass);
});
