import * as z from 'zod/mini';
import type { ImageObjects } from './image-objects.ts';
import { EXTENSIONS, IMAGE_TYPES } from './image-type.ts';

export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const UPLOAD_SECONDS = 300;
/**
 * The folder of uploads that nobody has checked. The bucket's policy denies CloudFront this folder, and the bucket's lifecycle
 * deletes its objects after two days. A handle has no hyphen, so the folder can't be the folder of a person.
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

interface Dependencies {
  /** Undefined when there is no bucket: then nothing can be uploaded. */
  objects: ImageObjects | undefined;
  /** The public URL of the bucket's objects, without a slash at its end. */
  baseUrl: string;
  newId: () => string;
}

/**
 * Images of thoughts, in a bucket. A form uploads an image to a folder that nobody can read. Posting the thought checks the
 * image, removes everything but the picture, and stores it under a key that no form can write. It is deleted with its thought.
 */
export class ImageStore {
  readonly #objects: ImageObjects | undefined;
  readonly #baseUrl: string;
  readonly #newId: () => string;

  constructor({ objects, baseUrl, newId }: Dependencies) {
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
   * Stores an uploaded image for a thought, under a new key. Later uploads, and other thoughts with the same upload, do not
   * change it. It expires after three days unless the thought is stored and `keep` is called.
   */
  async publish(image: string): Promise<PublishOutcome> {
    const uploaded = await this.#objects?.get(UPLOADS + image);
    if (!this.#objects || !uploaded) return { kind: 'not_uploaded' };
    // Loaded when first needed, like the client of the bucket, because few requests have an image.
    const { cleanImage } = await import('./clean-image.ts');
    const outcome = cleanImage(uploaded);
    if (outcome.kind === 'refused') return { kind: 'not_an_image' };
    const [username] = image.split('/');
    const key = `${username}/${this.#newId()}.${EXTENSIONS[outcome.contentType]}`;
    await this.#objects.putUnused(key, outcome.bytes, outcome.contentType);
    return { kind: 'published', url: `${this.#baseUrl}/${key}` };
  }

  /** Ends the expiry of a stored thought's image. A missing image is no error. */
  async keep(imageUrl: string): Promise<void> {
    const key = keyOf(imageUrl);
    if (key !== undefined) await this.#objects?.keep(key);
  }

  /** Removes the image of a thought that is gone. A missing image is no error. */
  async remove(imageUrl: string): Promise<void> {
    const key = keyOf(imageUrl);
    if (key !== undefined) await this.#objects?.remove([key]);
  }

  /** Removes up to 1,000 of a person's images and uploads. @returns how many it removed; 0: none is left */
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

/** Reads the key from the end of the URL only, because the host and the path before it may have changed since. */
const keyOf = (imageUrl: string): string | undefined => IMAGE_AT_END.exec(imageUrl)?.[0];
