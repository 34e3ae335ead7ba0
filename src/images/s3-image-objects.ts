import type { S3Client } from '@aws-sdk/client-s3';
import type { ImageObjects } from './image-objects.ts';

/** An object with this tag expires by the bucket's lifecycle. An image that stands in a thought has none. */
const UNUSED = 'state=unused';
/** For so long caches may show an image that is gone. */
const CACHE_CONTROL = 'public, max-age=300';

/** Objects in a bucket of S3. @param given a client of one's own; one by the environment when left out */
export const s3ImageObjects = (Bucket: string, given?: S3Client): ImageObjects => {
  /** Loaded when first needed: few calls have an image, and the client is most of the bundle. */
  const s3 = async () => {
    const commands = await import('@aws-sdk/client-s3');
    return { ...commands, client: given ?? new commands.S3Client({}) };
  };
  return {
    async form({ key, contentType, maxBytes, seconds }) {
      const [{ client }, { createPresignedPost }] = await Promise.all([s3(), import('@aws-sdk/s3-presigned-post')]);
      // S3 refuses each field that the policy does not name, so nobody can add a tag or another key.
      return createPresignedPost(client, {
        Bucket,
        Key: key,
        Conditions: [
          ['content-length-range', 1, maxBytes],
          ['eq', '$Content-Type', contentType],
        ],
        Fields: { 'Content-Type': contentType },
        Expires: seconds,
      });
    },

    async get(Key) {
      const { client, GetObjectCommand, NoSuchKey } = await s3();
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async putUnused(Key, Body, ContentType) {
      const { client, PutObjectCommand } = await s3();
      const put = { Bucket, Key, Body, ContentType, CacheControl: CACHE_CONTROL, Tagging: UNUSED };
      await client.send(new PutObjectCommand(put));
    },

    async keep(Key) {
      const { client, NoSuchKey, PutObjectTaggingCommand } = await s3();
      try {
        await client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [] } }));
      } catch (error) {
        if (!(error instanceof NoSuchKey)) throw error;
      }
    },

    async remove(keys) {
      if (keys.length === 0) return;
      const { client, DeleteObjectsCommand } = await s3();
      const Objects = keys.map((Key) => ({ Key }));
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      const [error] = Errors;
      if (error)
        throw new Error(`S3 did not delete ${Errors.length} of ${keys.length} images: ${error.Code} for ${error.Key}`);
    },

    async list(Prefix) {
      const { client, ListObjectsV2Command } = await s3();
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
  };
};
