import { describe, expect, inject, it } from 'vitest';
import type { ImageUpload } from '../../src/images/image-store.ts';
import type { Api } from '../../tools/support/api.ts';
import { IMAGES, SECRET } from '../support/images.ts';
import { newUser, newUsers } from '../support/people.ts';

const stack = inject('stack');
const { plain, telling } = IMAGES['image/jpeg'];

const formOf = async (user: Api): Promise<ImageUpload> =>
  (await user.must('POST', '/images', { contentType: 'image/jpeg' })).body;

const submit = async ({ url, fields }: ImageUpload, bytes: Buffer): Promise<void> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }));
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
};

const shown = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());

describe('An image', () => {
  it('is posted without metadata, and its upload form cannot change it afterwards', async () => {
    const alice = await newUser(stack, 'alice');
    const form = await formOf(alice);
    await submit(form, telling);
    const { body } = await alice.must('POST', '/thoughts', { text: 'look', image: form.image });
    expect(await shown(body.image)).toEqual(plain);
    await submit(form, Buffer.from(SECRET));
    expect(await shown(body.image)).toEqual(plain);
  });

  it('is refused when it was not uploaded, is not an image, or belongs to somebody else; then nothing is posted', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const post = async (user: Api, image: string) => {
      const answer = await user.request('POST', '/thoughts', { text: 'look', image });
      return [answer.status, answer.body.code];
    };
    const form = await formOf(alice);
    expect(await post(alice, form.image)).toEqual([404, 'image_not_found']);
    await submit(form, Buffer.from('<script>alert(1)</script>'));
    expect(await post(alice, form.image)).toEqual([422, 'not_an_image']);
    expect(await post(bob, form.image)).toEqual([403, 'not_yours']);
    for (const user of [alice, bob]) {
      expect((await user.must('GET', `/users/${user.username}/thoughts`)).body.items).toEqual([]);
    }
  });
});
