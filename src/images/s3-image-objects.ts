import type { S3Client } from '@aws-sdk/client-s3';
import { lazyS3 } from '../s3/lazy-s3.ts';
import type { ImageObjects } from './image-objects.ts';

/** The bucket's lifecycle deletes objects with this tag. The image of a stored thought does not have it. */
const UNUSED = 'state=unused';
/** Caches may show a deleted image for this long. */
const CACHE_CONTROL = 'public, max-age=300';

/** Objects in an S3 bucket. @param given the client; by default one that reads the environment */
export const s3ImageObjects = (Bucket: string, given?: S3Client): ImageObjects => {
  const s3 = lazyS3(given);
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
      const { client, DeleteObjectsCommand, S3ServiceException } = await s3();
      const Objects = keys.map((Key) => ({ Key }));
      const { Errors = [], $metadata } = await client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      const [error] = Errors;
      if (!error) return;
      throw new S3ServiceException({
        name: error.Code ?? 'Unknown',
        message: `S3 did not delete ${Errors.length} of ${keys.length} images: ${error.Code} for ${error.Key}`,
        // The answer itself is a 200; all but a missing permission may be different at the next try.
        $fault: error.Code === 'AccessDenied' ? 'client' : 'server',
        $metadata,
      });
    },

    async list(Prefix) {
      const { client, ListObjectsV2Command } = await s3();
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
  };
};
