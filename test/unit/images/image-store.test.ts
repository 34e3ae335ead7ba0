import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ImageStore, MAX_IMAGE_BYTES, UPLOADS } from '../../../src/images/image-store.ts';
import { s3ImageObjects } from '../../../src/images/s3-image-objects.ts';
import { Username } from '../../../src/users/username.ts';
import { imageObjectsContract } from '../../support/contracts/image-objects-contract.ts';
import { IMAGES, SECRET } from '../../support/images.ts';
import { MemoryImageObjects } from '../../support/memory-image-objects.ts';

const BASE = 'https://images.example';
const png = IMAGES['image/png'];

const setUp = () => {
  let ids = 0;
  const objects = new MemoryImageObjects();
  const images = new ImageStore({ objects, baseUrl: BASE, newId: () => `id-${++ids}` });
  const upload = async (bytes: Buffer, username = 'alice') => {
    const { image } = await images.upload(username, { contentType: 'image/png' });
    objects.submit(UPLOADS + image, bytes);
    return image;
  };
  const published = async (image: string): Promise<string> => {
    const outcome = await images.publish(image);
    if (outcome.kind !== 'published') throw new Error(outcome.kind);
    return outcome.url.slice(BASE.length + 1);
  };
  return { objects, images, upload, published };
};

imageObjectsContract('the memory', () => new MemoryImageObjects());

describe('a form', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_REGION', 'local').stubEnv('AWS_ACCESS_KEY_ID', 'a').stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  });
  afterAll(() => void vi.unstubAllEnvs());
  const images = new ImageStore({ objects: s3ImageObjects('bucket'), baseUrl: BASE, newId: () => 'some-id' });
  const signed = async () => {
    const { fields, ...upload } = await images.upload('alice', { contentType: 'image/png' });
    const policy = JSON.parse(Buffer.from(fields.Policy ?? '', 'base64').toString());
    return { ...upload, fields, conditions: policy.conditions as unknown[] };
  };

  it('is signed for one key, one type, and a size', async () => {
    const { conditions, image } = await signed();
    expect(conditions).toContainEqual(['content-length-range', 1, MAX_IMAGE_BYTES]);
    expect(conditions).toContainEqual(['eq', '$Content-Type', 'image/png']);
    expect(conditions).toContainEqual({ key: `unchecked-uploads/${image}` });
    expect(conditions).toContainEqual({ bucket: 'bucket' });
  });

  it('allows no tag or other metadata with the object', async () => {
    const { fields, conditions } = await signed();
    const stored = /tagging|acl|x-amz-(?!algorithm|credential|date|signature|security-token)|cache|redirect/i;
    expect(Object.keys(fields).filter((name) => stored.test(name))).toEqual([]);
    expect(JSON.stringify(conditions)).not.toMatch(/starts-with|tagging/);
  });

  it('uploads into a folder that no handle names', () => {
    expect(Username.safeParse(UPLOADS.slice(0, -1)).success).toBe(false);
  });
});

describe('an image that is posted', () => {
  it('is stored under a new key, without metadata, and expires unless its thought is stored', async () => {
    const { objects, images, upload, published } = setUp();
    const key = await published(await upload(png.telling));
    expect(key).toBe('alice/id-2.png');
    expect(objects.objects.get(key)).toEqual({ bytes: png.plain, contentType: 'image/png', isUnused: true });
    await images.keep(`${BASE}/${key}`);
    expect(objects.objects.get(key)?.isUnused).toBe(false);
  });

  it('has the type that its content shows', async () => {
    const { objects, upload, published } = setUp();
    const key = await published(await upload(IMAGES['image/jpeg'].plain));
    expect(key).toMatch(/\.jpg$/);
    expect(objects.objects.get(key)?.contentType).toBe('image/jpeg');
  });

  it('stays as it is when its form is used again, and when its upload is posted again', async () => {
    const { objects, images, upload, published } = setUp();
    const image = await upload(png.plain);
    const first = await published(image);
    objects.submit(UPLOADS + image, IMAGES['image/gif'].plain);
    const second = await published(image);
    expect(objects.objects.get(first)?.bytes).toEqual(png.plain);
    await images.remove(`${BASE}/${first}`);
    expect(objects.objects.get(second)?.bytes).toEqual(IMAGES['image/gif'].plain);
  });

  it('is refused when nothing was uploaded, and when what was uploaded is no image; then nothing is stored', async () => {
    const { objects, images, upload } = setUp();
    const { image } = await images.upload('alice', { contentType: 'image/png' });
    expect(await images.publish(image)).toEqual({ kind: 'not_uploaded' });
    expect(await images.publish(await upload(Buffer.from(`<script>${SECRET}</script>`)))).toEqual({
      kind: 'not_an_image',
    });
    expect((await objects.list('alice/')).length).toBe(0);
    expect(await new ImageStore({ objects: undefined, baseUrl: BASE, newId: () => 'id' }).publish(image)).toEqual({
      kind: 'not_uploaded',
    });
  });
});

it("the images of a person are removed, posted and uploaded ones, and nobody else's", async () => {
  const { objects, images, upload, published } = setUp();
  await published(await upload(png.plain));
  await upload(png.plain);
  await published(await upload(png.plain, 'alice_2'));
  expect(await images.removeAllOf('alice')).toBe(1);
  expect(await images.removeAllOf('alice')).toBe(2);
  expect(await images.removeAllOf('alice')).toBe(0);
  expect([...objects.objects.keys()].filter((key) => !key.includes('alice_2'))).toEqual([]);
  expect(objects.objects.size).toBe(2);
});
