import { parseArgs } from 'node:util';
import { DeleteObjectsCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { buildPage } from '../../web/build.ts';
import { stackOutputs } from '../support/aws-stack.ts';
import { configOf, pageFiles } from './page-files.ts';

/** `npm run web:deploy -- --stage prod`: builds the page and puts it where a deployed stage serves it from. */
const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'dev' }, empty: { type: 'boolean', default: false } },
});
const outputs = await stackOutputs(values.stage);
const bucket = outputs.get('PageBucket');
if (bucket === undefined) throw new Error(`The stage ${values.stage} has no bucket for the page: deploy it first`);
const client = new S3Client({});

if (values.empty) {
  // CloudFormation removes no bucket that holds something.
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
    if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
  }
  process.stdout.write(`The bucket ${bucket} is empty.\n`);
} else {
  for (const { key, body, contentType, cacheControl } of pageFiles(await buildPage(), configOf(outputs))) {
    const object = { Key: key, Body: body, ContentType: contentType, CacheControl: cacheControl };
    await client.send(new PutObjectCommand({ Bucket: bucket, ...object }));
  }
  process.stdout.write(`The page is at ${outputs.get('PageUrl')}\n`);
}
