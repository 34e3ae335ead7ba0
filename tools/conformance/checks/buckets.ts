import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { UPLOADS } from '../../../src/images/image-store.ts';
import { s3ImageObjects } from '../../../src/images/s3-image-objects.ts';
import { type Check, expectThat, type Target } from '../check.ts';

/** A folder in which the bucket's lifecycle deletes objects, so that a check leaves nothing. */
const FOLDER = `${UPLOADS}conformance/`;

const statusOf = async (sent: Promise<unknown>): Promise<number> => {
  try {
    await sent;
    return 200;
  } catch (error) {
    return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  }
};

const put = ({ s3, imageBucket: Bucket }: Target, Key: string, Body: string, condition: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...condition }));

/** Submits a form for a PNG of at most 100 bytes. @param changes fields that differ from the signed form */
const submitted = async (
  { s3, imageBucket }: Target,
  changes: Record<string, string> = {},
  bytes = 10,
): Promise<'taken' | 'refused'> => {
  const key = `${FOLDER}${crypto.randomUUID()}.png`;
  const upload = { key, contentType: 'image/png', maxBytes: 100, seconds: 60 };
  const { url, fields } = await s3ImageObjects(imageBucket, s3).form(upload);
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...changes })) form.append(name, value);
  form.append('file', new Blob(['x'.repeat(bytes)]));
  const { ok } = await fetch(url, { method: 'POST', body: form });
  return ok ? 'taken' : 'refused';
};

const TAGGING = '<Tagging><TagSet><Tag><Key>state</Key><Value>kept</Value></Tag></TagSet></Tagging>';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html and HTTPPOSTForms.html */
export const BUCKETS: Check[] = [
  {
    rule: 'S3 answers 412 to a PutObject with the If-Match of a version that is replaced, and 404 when the object is gone',
    run: async (target) => {
      const Key = `${FOLDER}${crypto.randomUUID()}`;
      const { ETag: IfMatch } = await put(target, Key, 'one');
      const statuses = [await statusOf(put(target, Key, 'two', { IfMatch }))];
      statuses.push(await statusOf(put(target, Key, 'three', { IfMatch })));
      await target.s3.send(new DeleteObjectCommand({ Bucket: target.imageBucket, Key }));
      statuses.push(await statusOf(put(target, Key, 'four', { IfMatch })));
      return expectThat(statuses.join(', '), '200, 412, 404');
    },
  },
  {
    rule: 'A form uploads under its key, and under no other',
    run: async (target) => {
      const outcomes = [await submitted(target), await submitted(target, { key: `${FOLDER}other.png` })];
      return expectThat(outcomes.join(', '), 'taken, refused');
    },
  },
  {
    rule: 'A form uploads no other type, nothing above its size, and nothing with a tag',
    run: async (target) => {
      const changes: Record<string, string>[] = [{ 'Content-Type': 'text/html' }, { tagging: TAGGING }];
      const outcomes = [await submitted(target, {}, 101)];
      for (const change of changes) outcomes.push(await submitted(target, change));
      return expectThat(outcomes.join(', '), 'refused, refused, refused');
    },
  },
];
