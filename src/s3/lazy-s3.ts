import type { S3Client } from '@aws-sdk/client-s3';

/** Milliseconds without an answer after which a request is retried: many times what S3 takes for 5 MB. */
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
 * S3's commands and a client, loaded when first needed, because few invocations need them and they are most of the bundle. All
 * requests share one client, because each client keeps its own connections open.
 * @param given the client; by default one that reads the environment
 */
export const lazyS3 = (given?: S3Client): (() => Promise<S3>) => {
  let loaded: Promise<S3> | undefined;
  return () => (loaded ??= load(given));
};
