import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../local/buckets/buckets.ts';
import { freePort } from '../../local/ports.ts';
import { FAILURE_BUCKET, functionEnvironment, IMAGE_BUCKET } from '../../local/stack.ts';
import { ImageStore, UPLOADS } from '../../src/images/image-store.ts';
import { s3ImageObjects } from '../../src/images/s3-image-objects.ts';
import { lazyS3 } from '../../src/s3/lazy-s3.ts';
import { FailureBucket, objectsOf } from '../../src/stream/failure-bucket.ts';

let buckets: Buckets;
let s3: S3Client;
beforeAll(async () => {
  buckets = await Buckets.start(await freePort());
  const nowhere = 'http://127.0.0.1:9';
  Object.assign(
    process.env,
    functionEnvironment({ dynamodb: nowhere, s3: buckets.endpoint, management: nowhere, table: 't' }),
  );
  s3 = new S3Client({});
});
afterAll(() => buckets.stop());

const put = (Bucket: string, Key: string, body: unknown) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: typeof body === 'string' ? body : JSON.stringify(body) }));
const namesIn = async (Bucket: string): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key ?? '').sort();
const BOUNDARY = 'between-the-parts-of-a-form';
const record = (username: string) => ({ dynamodb: { Keys: { pk: { S: `USER#${username}` } } } });
/** As the mapping writes a batch: the whole event is a text. */
const givenUp = (...records: object[]) => ({ payload: JSON.stringify({ Records: records }) });

describe('an upload without a policy', () => {
  it.each(['multipart/form-data', 'Multipart/Form-Data'])('is refused when its type is written as %s', async (type) => {
    const part = (name: string, value: string) =>
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const response = await fetch(`${buckets.endpoint}/${IMAGE_BUCKET}`, {
      method: 'POST',
      headers: { 'content-type': `${type}; boundary=${BOUNDARY}` },
      body: `${part('key', 'mallory/1.png')}${part('file', 'x')}--${BOUNDARY}--\r\n`,
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>AccessDenied</Code>');
    expect(await namesIn(IMAGE_BUCKET)).not.toContain('mallory/1.png');
  });
});

describe('the buckets, when a person is erased', () => {
  it('lose the images of that person, posted or not, and no others', async () => {
    const others = ['alice_2/1.png', 'bob/1.png', `${UPLOADS}alice_2/1.png`];
    const hers = ['alice/1.png', 'alice/2.png', `${UPLOADS}alice/1.png`];
    for (const key of [...others, ...hers]) await put(IMAGE_BUCKET, key, 'x');
    const images = new ImageStore({
      objects: s3ImageObjects(IMAGE_BUCKET),
      baseUrl: buckets.endpoint,
      newId: () => 'id',
    });
    expect(await images.removeAllOf('alice')).toBe(2);
    expect(await images.removeAllOf('alice')).toBe(1);
    expect(await images.removeAllOf('alice')).toBe(0);
    expect(await namesIn(IMAGE_BUCKET)).toEqual(others);
  });

  it('lose the failed records of that person, and keep those of the others', async () => {
    await put(FAILURE_BUCKET, 'parked/1.json', { record: record('alice') });
    await put(FAILURE_BUCKET, 'parked/2.json', { record: record('alice_2') });
    await put(FAILURE_BUCKET, 'aws/batch.json', givenUp(record('alice'), record('bob')));
    await put(FAILURE_BUCKET, 'aws/whole.json', givenUp(record('alice')));
    await put(FAILURE_BUCKET, 'notes.txt', 'no JSON, and not a word of her');
    for (let at = 0; at < 30; at++) await put(FAILURE_BUCKET, `parked/x${at}.json`, { record: record('carol') });
    const bucket = new FailureBucket({ name: FAILURE_BUCKET, now: Date.now });
    let erased = 0;
    let after: string | undefined;
    do {
      const outcome = await bucket.forget('alice', after);
      erased += outcome.erased;
      after = outcome.next;
    } while (after !== undefined);
    expect(erased).toBe(3);
    const names = await namesIn(FAILURE_BUCKET);
    expect(names).toHaveLength(33);
    expect(names).toEqual(expect.arrayContaining(['aws/batch.json', 'notes.txt', 'parked/2.json']));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: FAILURE_BUCKET, Key: 'aws/batch.json' }));
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toEqual(givenUp(record('bob')));
  });

  it('answer that an object is gone when somebody has deleted it, without an error', async () => {
    await put(FAILURE_BUCKET, 'parked/there.json', 'text');
    const objects = objectsOf(FAILURE_BUCKET, await lazyS3(s3)());
    expect(await objects.get('parked/there.json')).toEqual({ text: 'text', version: expect.any(String) });
    await objects.delete('parked/there.json');
    await objects.delete('parked/there.json');
    expect(await objects.get('parked/there.json')).toBeUndefined();
  });
});
