import * as z from 'zod/mini';
import type { ImageObjects } from './image-objects.ts';
import { EXTENSIONS, IMAGE_TYPES } from './image-type.ts';

export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const UPLOAD_SECONDS = 300;
/**
 * Under this a form uploads, and nobody else reads: the bucket's policy keeps CloudFront from it, and its lifecycle lets the
 * objects expire. No handle has a hyphen, so this is nobody's folder.
 */
export const UPLOADS = 'unchecked-uploads/';
const IMAGE_AT_END = /[^/]+\/[^/]+$/;

export const NewImage = z.strictObject({ contentType: z.enum(IMAGE_TYPES) });
export type NewImage = z.infer<typeof NewImage>;

/** A form that uploads one image. */
export const ImageUpload = z
  .object({
    image: z.string().check(z.meta({ description: 'What to give as `image` when posting the thought' })),
    url: z.string().check(z.meta({ description: 'Where to POST the form' })),
    fields: z
      .record(z.string(), z.string())
      .check(z.meta({ description: 'The form; add the `file` as its last field' })),
    expiresIn: z.int(),
    maxBytes: z.int(),
  })
  .check(z.meta({ id: 'ImageUpload' }));
export type ImageUpload = z.infer<typeof ImageUpload>;

export type PublishOutcome = { kind: 'published'; url: string } | { kind: 'not_uploaded' } | { kind: 'not_an_image' };

/**
 * Images of thoughts, in a bucket. A form uploads one to a place that nobody reads. Posting the thought checks it, takes away
 * what is not the picture, and stores it where no form can write. There it lives as long as its thought.
 */
export class ImageStore {
  readonly #objects: ImageObjects | undefined;
  readonly #baseUrl: string;
  readonly #newId: () => string;

  /**
   * @param objects undefined where there is no bucket: then nothing can be uploaded
   * @param baseUrl where anybody reads the bucket's objects, without a slash at its end
   */
  constructor(objects: ImageObjects | undefined, baseUrl: string, newId: () => string) {
    this.#objects = objects;
    this.#baseUrl = baseUrl;
    this.#newId = newId;
  }

  async upload(username: string, { contentType }: NewImage): Promise<ImageUpload> {
    if (!this.#objects) throw new Error('There is no bucket for images');
    const image = `${username}/${this.#newId()}.${EXTENSIONS[contentType]}`;
    const limits = { maxBytes: MAX_IMAGE_BYTES, seconds: UPLOAD_SECONDS };
    const form = await this.#objects.form({ key: UPLOADS + image, contentType, ...limits });
    return { image, ...form, expiresIn: UPLOAD_SECONDS, maxBytes: MAX_IMAGE_BYTES };
  }

  /**
   * Stores an uploaded image for a thought, under a name of its own: what is uploaded later, and other thoughts with the same
   * upload, do not concern it. If the thought is not stored after all, it expires.
   */
  async publish(image: string): Promise<PublishOutcome> {
    const uploaded = await this.#objects?.get(UPLOADS + image);
    if (!this.#objects || !uploaded) return { kind: 'not_uploaded' };
    // Read when first needed, as the client of the bucket is.
    const { cleanImage } = await import('./clean-image.ts');
    const outcome = cleanImage(uploaded);
    if (outcome.kind === 'refused') return { kind: 'not_an_image' };
    const [username] = image.split('/');
    const key = `${username}/${this.#newId()}.${EXTENSIONS[outcome.contentType]}`;
    await this.#objects.putUnused(key, outcome.bytes, outcome.contentType);
    return { kind: 'published', url: `${this.#baseUrl}/${key}` };
  }

  /** Keeps the image of a stored thought. One that is gone already is passed by. */
  async keep(imageUrl: string): Promise<void> {
    const key = keyOf(imageUrl);
    if (key !== undefined) await this.#objects?.keep(key);
  }

  /** Removes the image of a thought that is gone. Twice is once. */
  async remove(imageUrl: string): Promise<void> {
    const key = keyOf(imageUrl);
    if (key !== undefined) await this.#objects?.remove([key]);
  }

  /** Removes a person's images, posted and not, as many as one request takes. @returns how many there were; 0: none is left */
  async removeAllOf(username: string): Promise<number> {
    for (const prefix of [`${username}/`, `${UPLOADS}${username}/`]) {
      const keys = (await this.#objects?.list(prefix)) ?? [];
      if (keys.length === 0) continue;
      await this.#objects?.remove(keys);
      return keys.length;
    }
    return 0;
  }
}

/** By the end of the URL alone: what stands before it may have changed since. */
const keyOf = (imageUrl: string): string | undefined => IMAGE_AT_END.exec(imageUrl)?.[0];
