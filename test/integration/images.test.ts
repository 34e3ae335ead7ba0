import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../local/buckets/buckets.ts';
import { functionEnvironment, IMAGE_BUCKET } from '../../local/stack.ts';
import type { ImageUpload } from '../../src/images/image-store.ts';
import { s3ImageObjects } from '../../src/images/s3-image-objects.ts';
import { imageObjectsContract } from '../support/contracts/image-objects-contract.ts';
import { createHarness } from '../support/fan-out-harness.ts';
import { IMAGES, SECRET } from '../support/images.ts';
import { post } from '../support/world.ts';

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start(0);
  const nowhere = 'http://127.0.0.1:9';
  const stack = { dynamodb: nowhere, s3: buckets.endpoint, management: nowhere, table: 'none' };
  Object.assign(process.env, functionEnvironment(stack));
});
afterAll(() => buckets.stop());

imageObjectsContract('a bucket', () => s3ImageObjects(IMAGE_BUCKET));

describe('an image', () => {
  const { plain, telling } = IMAGES['image/png'];

  /** A fan-out beside a bucket, and the way of an upload. */
  const setUp = () => {
    const images = { bucket: IMAGE_BUCKET, url: `${buckets.endpoint}/${IMAGE_BUCKET}` };
    const harness = createHarness({}, undefined, { images });
    const answerTo = ({ url, fields }: ImageUpload, bytes: Buffer): Promise<Response> => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
      return fetch(url, { method: 'POST', body: form });
    };
    const submit = async (upload: ImageUpload, bytes: Buffer): Promise<void> => {
      expect((await answerTo(upload, bytes)).status).toBe(204);
    };
    const upload = async (bytes = telling): Promise<ImageUpload> => {
      const form = await harness.images.upload('alice', { contentType: 'image/png' });
      await submit(form, bytes);
      return form;
    };
    /** As the route does it. */
    const postWith = async ({ image }: ImageUpload, more = {}) => {
      const outcome = await harness.images.publish(image);
      if (outcome.kind !== 'published') throw new Error(outcome.kind);
      const thought = await post(harness, 'alice', 'look', { image: outcome.url, ...more });
      await harness.drain();
      return { ...thought, image: outcome.url };
    };
    return { ...harness, answerTo, submit, upload, postWith };
  };
  const statusOf = async (imageUrl: string) => (await fetch(imageUrl)).status;
  const shown = async (imageUrl: string) => {
    const response = await fetch(imageUrl);
    return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('is shown as the picture alone, and stays so when its form is used again', async () => {
    const { submit, upload, postWith } = setUp();
    const form = await upload();
    const { image } = await postWith(form);
    expect(await shown(image)).toEqual({ type: 'image/png', bytes: plain });
    await submit(form, Buffer.from(SECRET));
    expect(await shown(image)).toEqual({ type: 'image/png', bytes: plain });
  });

  it('is stored by its form only as the form allows', async () => {
    const { images, answerTo } = setUp();
    const form = await images.upload('carol', { contentType: 'image/png' });
    const codeOf = async (fields: Record<string, string>, bytes = plain) =>
      /<Code>(.*)<\/Code>/.exec(
        await (await answerTo({ ...form, fields: { ...form.fields, ...fields } }, bytes)).text(),
      )?.[1];
    expect(await codeOf({}, Buffer.alloc(form.maxBytes + 1))).toBe('EntityTooLarge');
    expect(await codeOf({ key: 'alice/mine.png' })).toBe('AccessDenied');
    expect(await codeOf({ 'Content-Type': 'text/html' })).toBe('AccessDenied');
    expect(await codeOf({ 'x-amz-meta-mine': '1' })).toBe('AccessDenied');
    expect(await images.publish(form.image)).toEqual({ kind: 'not_uploaded' });
  });

  it('is deleted with its thought; other images of the same upload stay', async () => {
    const { thoughts, drain, upload, postWith } = setUp();
    const form = await upload();
    const { id, image } = await postWith(form);
    const { image: other } = await postWith(form);
    await thoughts.edit('alice', id, { text: 'look again' });
    await drain();
    expect(await statusOf(image)).toBe(200);
    await thoughts.delete('alice', id);
    const { records } = await drain();
    expect(await statusOf(image)).toBe(404);
    expect(await statusOf(other)).toBe(200);
    // Processed again, it changes nothing.
    await drain(records);
    expect([await statusOf(image), await statusOf(other)]).toEqual([404, 200]);
  });

  it('is deleted when the engine has removed its expired thought', async () => {
    const { table, tap, drain, upload, postWith } = setUp();
    const { author, id, image } = await postWith(await upload(), { expiresIn: 60 });
    const { image: other } = await postWith(await upload(), { expiresIn: 60 });
    await table.batchWrite([{ delete: { pk: `USER#${author}`, sk: `THOUGHT#${id}` } }]);
    await drain(tap.take());
    expect([await statusOf(image), await statusOf(other)]).toEqual([404, 200]);
  });

  it('that is missing does not stop its thought’s delivery', async () => {
    const { images, upload, entriesOf, fans, drain, ...world } = setUp();
    const [fan = ''] = await fans(1);
    const outcome = await images.publish((await upload()).image);
    if (outcome.kind !== 'published') throw new Error(outcome.kind);
    await images.remove(outcome.url);
    const { id } = await post(world, 'alice', 'look', { image: outcome.url });
    await drain();
    expect(entriesOf(fan)).toEqual([id]);
  });
});
