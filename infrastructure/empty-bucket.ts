import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

/** Deletes all objects of a bucket without versions, because CloudFormation can't delete a bucket with objects. @throws Error when S3 does not delete an object */
export const emptyBucket = async (client: S3Client, bucket: string): Promise<void> => {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
    if (Objects.length === 0) continue;
    const { Errors: [refused] = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (refused) throw new Error(`${refused.Key} in ${bucket} could not be deleted: ${refused.Message}`);
  }
};
