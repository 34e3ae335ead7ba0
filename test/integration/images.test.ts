import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../local/buckets.ts';
import { functionEnvironment, IMAGE_BUCKET } from '../../local/stack.ts';
import { createHarness } from '../support/fan-out-harness.ts';
import { post } from '../support/world.ts';

describe('an image', () => {
  let buckets: Buckets;
  beforeAll(async () => {
    buckets = await Buckets.start(0);
    const nowhere = 'http://127.0.0.1:9';
    const stack = { dynamodb: nowhere, s3: buckets.endpoint, management: nowhere, table: 'none' };
    Object.assign(process.env, functionEnvironment(stack));
  });
  afterAll(() => buckets.stop());

  /** A fan-out beside a bucket, and the way of an upload. */
  const setUp = () => {
    const images = { bucket: IMAGE_BUCKET, url: `${buckets.endpoint}/${IMAGE_BUCKET}` };
    const harness = createHarness({}, undefined, { images });
    const upload = async (): Promise<string> => {
      const { url, fields, imageUrl } = await harness.images.upload('alice', { contentType: 'image/png' });
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', new Blob(['png'], { type: 'image/png' }));
      const { status } = await fetch(url, { method: 'POST', body: form });
      expect(status).toBe(204);
      return imageUrl;
    };
    /** @param imageUrl what the route makes of the image's name */
    const postWith = async (imageUrl: string, more = {}) => {
      const thought = await post(harness, 'alice', 'look', { image: imageUrl, ...more });
      await harness.drain();
      return thought;
    };
    return { ...harness, upload, postWith };
  };
  const statusOf = async (imageUrl: string) => (await fetch(imageUrl)).status;

  it('is there while its thought is, and gone when that is deleted; others stay', async () => {
    const { thoughts, drain, upload, postWith } = setUp();
    const [image, other] = [await upload(), await upload()];
    const { id } = await postWith(image);
    await postWith(other);
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

  it('is gone when its thought has vanished, and the engine has removed it', async () => {
    const { table, tap, drain, upload, postWith } = setUp();
    const [image, other] = [await upload(), await upload()];
    const { author, id } = await postWith(image, { expiresIn: 60 });
    await postWith(other, { expiresIn: 60 });
    await table.batchWrite([{ delete: { pk: `USER#${author}`, sk: `THOUGHT#${id}` } }]);
    await drain(tap.take());
    expect([await statusOf(image), await statusOf(other)]).toEqual([404, 200]);
  });

  it('that was never uploaded holds up no thought', async () => {
    const { images, entriesOf, fans, postWith } = setUp();
    const [fan = ''] = await fans(1);
    const { id } = await postWith(images.urlOf('alice/00000000-0000-7000-8000-000000000000.png'));
    expect(entriesOf(fan)).toEqual([id]);
  });
});
