import * as z from 'zod/mini';

/** Which types an image may have, and what its name ends with. */
const EXTENSIONS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp' } as const;

export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const UPLOAD_SECONDS = 300;
const IMAGE_AT_END = /[^/]+\/[^/]+$/;

export const NewImage = z.strictObject({
  contentType: z.enum(Object.keys(EXTENSIONS) as [keyof typeof EXTENSIONS, ...(keyof typeof EXTENSIONS)[]]),
});
export type NewImage = z.infer<typeof NewImage>;

/** A form that uploads one image. */
export const ImageUpload = z
  .object({
    image: z.string().check(z.meta({ description: 'What to give as `image` when posting the thought' })),
    url: z.string().check(z.meta({ description: 'Where to POST the form' })),
    fields: z
      .record(z.string(), z.string())
      .check(z.meta({ description: 'The form; add the `file` as its last field' })),
    imageUrl: z.string().check(z.meta({ description: 'Where the image will be' })),
    expiresIn: z.int(),
    maxBytes: z.int(),
  })
  .check(z.meta({ id: 'ImageUpload' }));
export type ImageUpload = z.infer<typeof ImageUpload>;

/** A fresh upload has this tag, and the bucket lets it expire. An image that stands in a thought has none. */
const UNUSED_TAG = '<Tagging><TagSet><Tag><Key>state</Key><Value>unused</Value></Tag></TagSet></Tagging>';
/** For so long caches may show an image that is gone. */
const CACHE_CONTROL = 'public, max-age=300';

/**
 * Images of thoughts, in a bucket. The upload goes there directly; its type, size and tag are part of what is signed. An
 * image lives as long as its thought.
 */
export class ImageStore {
  readonly #bucket: string;
  readonly #baseUrl: string;
  readonly #newId: () => string;

  /** @param baseUrl where anybody reads the bucket's objects, without a slash at its end */
  constructor(bucket: string, baseUrl: string, newId: () => string) {
    this.#bucket = bucket;
    this.#baseUrl = baseUrl;
    this.#newId = newId;
  }

  async upload(username: string, { contentType }: NewImage): Promise<ImageUpload> {
    // Loaded when first needed: few calls upload, and the client is most of the bundle.
    const [{ S3Client }, { createPresignedPost }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-presigned-post'),
    ]);
    const image = `${username}/${this.#newId()}.${EXTENSIONS[contentType]}`;
    const { url, fields } = await createPresignedPost(new S3Client({}), {
      Bucket: this.#bucket,
      Key: image,
      Conditions: [
        ['content-length-range', 1, MAX_IMAGE_BYTES],
        ['eq', '$Content-Type', contentType],
      ],
      Fields: { 'Content-Type': contentType, 'Cache-Control': CACHE_CONTROL, tagging: UNUSED_TAG },
      Expires: UPLOAD_SECONDS,
    });
    return { image, url, fields, imageUrl: this.urlOf(image), expiresIn: UPLOAD_SECONDS, maxBytes: MAX_IMAGE_BYTES };
  }

  urlOf(image: string): string {
    return `${this.#baseUrl}/${image}`;
  }

  /** Keeps the image of a stored thought. One that was never uploaded, or is gone already, is passed by. */
  async keep(imageUrl: string): Promise<void> {
    const place = this.#placeOf(imageUrl);
    if (!place) return;
    const { NoSuchKey, PutObjectTaggingCommand, S3Client } = await import('@aws-sdk/client-s3');
    try {
      await new S3Client({}).send(new PutObjectTaggingCommand({ ...place, Tagging: { TagSet: [] } }));
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
    }
  }

  /** Removes the image of a thought that is gone. Twice is once. */
  async remove(imageUrl: string): Promise<void> {
    const place = this.#placeOf(imageUrl);
    if (!place) return;
    const { DeleteObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    await new S3Client({}).send(new DeleteObjectCommand(place));
  }

  /** Removes a person's images, posted and not, as many as one request takes. @returns how many there were */
  async removeAllOf(username: string): Promise<number> {
    if (this.#bucket === '') return 0;
    const { DeleteObjectsCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
    const s3 = new S3Client({});
    const Bucket = this.#bucket;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${username}/` }));
    const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
    if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    return Objects.length;
  }

  /** By the end of the URL alone: what stands before it may have changed since. */
  #placeOf(imageUrl: string): { Bucket: string; Key: string } | undefined {
    const Key = IMAGE_AT_END.exec(imageUrl)?.[0];
    return Key === undefined || this.#bucket === '' ? undefined : { Bucket: this.#bucket, Key };
  }
}
