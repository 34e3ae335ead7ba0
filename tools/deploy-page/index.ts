import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { buildPage } from '../../web/build.ts';
import { stackOutputs } from '../support/aws-stack.ts';
import { configOf, pageFiles } from './page-files.ts';

/** `npm run web:deploy -- --stage prod`: builds the page and puts it where a deployed stage serves it from. */
const { values } = parseArgs({ options: { stage: { type: 'string', default: 'dev' } } });
const outputs = await stackOutputs(values.stage);
const bucket = outputs.get('PageBucket');
if (bucket === undefined) throw new Error(`The stage ${values.stage} has no bucket for the page: deploy it first`);
const client = new S3Client({});

for (const { key, body, contentType, cacheControl } of pageFiles(await buildPage(), configOf(outputs))) {
  const object = { Key: key, Body: body, ContentType: contentType, CacheControl: cacheControl };
  await client.send(new PutObjectCommand({ Bucket: bucket, ...object }));
}
process.stdout.write(`The page is at ${outputs.get('PageUrl')}\n`);
