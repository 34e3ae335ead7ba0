import type { S3Client } from '@aws-sdk/client-s3';

/** Many times what S3 takes for 5 MB; what is silent for longer is asked again. */
const REQUEST_TIMEOUT_MS = 3_000;

const load = async (given: S3Client | undefined) => {
  const commands = await import('@aws-sdk/client-s3');
  const requestHandler = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  };
  return { ...commands, client: given ?? new commands.S3Client({ requestHandler }) };
};

export type S3 = Awaited<ReturnType<typeof load>>;

/**
 * S3's commands and a client, loaded when first needed: few invocations need them, and they are most of the bundle. One client for
 * all requests, since each opens connections of its own and leaves them open.
 * @param given a client of one's own; one by the environment when left out
 */
export const lazyS3 = (given?: S3Client): (() => Promise<S3>) => {
  let loaded: Promise<S3> | undefined;
  return () => (loaded ??= load(given));
};
