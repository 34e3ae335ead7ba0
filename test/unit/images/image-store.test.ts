import { beforeAll, describe, expect, it } from 'vitest';
import { ImageStore, MAX_IMAGE_BYTES } from '../../../src/images/image-store.ts';

beforeAll(() => {
  Object.assign(process.env, { AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
});

describe('an upload', () => {
  const images = new ImageStore('bucket', 'https://images.example', () => 'some-id');

  it('is signed for one key, one type, and a size', async () => {
    const upload = await images.upload('alice', { contentType: 'image/png' });
    const policy = JSON.parse(Buffer.from(upload.fields.Policy ?? '', 'base64').toString());
    expect(policy.conditions).toContainEqual(['content-length-range', 1, MAX_IMAGE_BYTES]);
    expect(policy.conditions).toContainEqual(['eq', '$Content-Type', 'image/png']);
    expect(policy.conditions).toContainEqual({ key: 'alice/some-id.png' });
    expect(policy.conditions).toContainEqual({ bucket: 'bucket' });
  });

  it('is marked as unused, and asks caches to forget it soon', async () => {
    const { fields } = await images.upload('alice', { contentType: 'image/png' });
    expect(fields.tagging).toContain('<Key>state</Key><Value>unused</Value>');
    expect(fields['Cache-Control']).toBe('public, max-age=300');
  });

  it('says where the image will be', async () => {
    const upload = await images.upload('alice', { contentType: 'image/jpeg' });
    expect(upload).toMatchObject({ image: 'alice/some-id.jpg', imageUrl: 'https://images.example/alice/some-id.jpg' });
  });
});
