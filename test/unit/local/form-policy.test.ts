import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { describe, expect, it } from 'vitest';
import { checkForm } from '../../../local/buckets/form-policy.ts';

type Condition = NonNullable<Parameters<typeof createPresignedPost>[1]['Conditions']>[number];

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const client = new S3Client({ region: 'local', credentials });
const inAMinute = () => Date.now() + 60_000;

/** A form as the SDK makes it, with what a person then changes in it. */
const outcomeOf = async ({
  conditions = [],
  fields = {},
  changed = {},
  fileBytes = 10,
  now = Date.now(),
  bucket = 'images',
}: {
  conditions?: Condition[];
  fields?: Record<string, string>;
  changed?: Record<string, string>;
  fileBytes?: number;
  now?: number;
  bucket?: string;
} = {}) => {
  const options = { Bucket: 'images', Key: 'alice/1.png', Conditions: conditions, Fields: fields, Expires: 30 };
  const signed = (await createPresignedPost(client, options)).fields;
  const entries = Object.entries({ ...signed, ...changed }).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return checkForm({ bucket, fields: new Map(entries), fileBytes }, credentials, now);
};

const range: Condition = ['content-length-range', 1, 100];
const beginning: Condition = ['starts-with', '$Content-Type', 'image/'];
const type = (value: string) => ({ conditions: [beginning], changed: { 'Content-Type': value } });

describe('a form whose policy holds', () => {
  it.each([
    ['as the SDK signs it', {}],
    ['with a file of the smallest size', { conditions: [range], fileBytes: 1 }],
    ['with a file of the largest size', { conditions: [range], fileBytes: 100 }],
    ['with a field that begins as the policy wants', type('image/png')],
    ['with a list of types that all begin so', type('image/png, image/gif')],
    ['with a field for nobody', { changed: { 'x-ignore-me': '1' } }],
  ])('is allowed: %s', async (_what, form) => {
    expect(await outcomeOf(form)).toEqual({ kind: 'allowed' });
  });
});

describe('a form is refused', () => {
  const policy = (value: unknown) => ({ changed: { Policy: Buffer.from(JSON.stringify(value)).toString('base64') } });

  it.each([
    ['that has expired', { now: inAMinute() }, 'AccessDenied', 'Policy expired'],
    ['with another key', { changed: { key: 'bob/1.png' } }, 'AccessDenied', 'Condition failed: {"key"'],
    ['for another bucket', { bucket: 'failures' }, 'AccessDenied', 'Condition failed: {"bucket"'],
    ['with a field that the policy does not name', { changed: { tagging: 'x' } }, 'AccessDenied', 'fields: tagging'],
    ['with a field that begins otherwise', type('text/html'), 'AccessDenied', '"starts-with"'],
    ['with one of its types otherwise', type('image/png,text/html'), 'AccessDenied', '"starts-with"'],
    ['without a field that the policy names', { conditions: [beginning] }, 'AccessDenied', '"starts-with"'],
    ['with an empty file', { conditions: [range], fileBytes: 0 }, 'EntityTooSmall', 'smaller'],
    ['with a file of one byte more', { conditions: [range], fileBytes: 101 }, 'EntityTooLarge', 'exceeds'],
    [
      'with a policy of its own',
      policy({ expiration: '2999-01-01T00:00:00Z', conditions: [] }),
      'SignatureDoesNotMatch',
      '',
    ],
    [
      'of another signer',
      { changed: { 'X-Amz-Credential': 'other/20260101/local/s3/aws4_request' } },
      'SignatureDoesNotMatch',
      '',
    ],
  ])('%s', async (_what, form, code, message) => {
    expect(await outcomeOf(form)).toMatchObject({ kind: 'refused', code, message: expect.stringContaining(message) });
  });

  it('without a policy', () => {
    expect(checkForm({ bucket: 'images', fields: new Map(), fileBytes: 1 }, credentials, 0)).toMatchObject({
      status: 403,
    });
  });
});
