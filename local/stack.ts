import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where everything of a running stack is. */
export interface Stack {
  pid: number;
  /** The page in a browser. */
  page: string;
  http: string;
  websocket: string;
  /** The endpoint of @connections. */
  management: string;
  issuer: string;
  dynamodb: string;
  s3: string;
  /** The endpoint of Lambda's own API, to invoke functions with. */
  lambda: string;
  table: string;
  streamArn: string;
}

/** Where `npm start` notes its stack, for the tools that use it. */
export const STACK_FILE = '.local/stack.json';

/** The credentials that the S3 stand-in knows; the other services take any. */
export const S3_CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
export const FAILURE_BUCKET = 'failures';
export const IMAGE_BUCKET = 'images';

export const writeStack = (path: string, stack: Stack): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(stack, null, 2)}\n`);
};

export const removeStack = (path: string): void => rmSync(path, { force: true });

export const readStack = (path = STACK_FILE): Stack | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Stack;
  } catch {
    return undefined;
  }
};

/** What the functions find in their environment on a laptop, in the place of what AWS would give them. */
export const functionEnvironment = (
  stack: Pick<Stack, 'dynamodb' | 's3' | 'management' | 'table'>,
): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
  AWS_REGION: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodb,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: stack.dynamodb,
  AWS_ENDPOINT_URL_S3: stack.s3,
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stack.management,
  TABLE_NAME: stack.table,
  FAILURE_BUCKET,
  IMAGE_BUCKET,
  IMAGE_URL: `${stack.s3}/${IMAGE_BUCKET}`,
  // The issuer believes anybody, and `npm run table -- seed` makes profiles that no account has.
  TAKE_OVER_PROFILES: 'true',
});
