import type { Credentials } from './signing-key.ts';

/** The endpoint, region and credentials of requests. */
export interface Access {
  endpoint: { isTls: boolean; hostname: string; port: number | undefined; path: string };
  region: string;
  credentials: Credentials;
}

/** The names of a service in environment variables and host names. */
export interface Service {
  /** The suffix of `AWS_ENDPOINT_URL_<id>`. */
  id: string;
  /** The first part of the regional host name; undefined when each API has its own host. */
  host?: string;
}

type Environment = Record<string, string | undefined>;

/** Variables that can change the endpoint or the credentials. Only the SDK implements them. */
const LEFT_TO_THE_SDK = [
  'AWS_PROFILE',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_ACCOUNT_ID',
];
/** Regions of the partition `aws`, whose hosts end in `amazonaws.com`. */
const REGION = /^(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/;

/**
 * Reads endpoint, region and credentials from the environment variables that Lambda or the laptop's stack sets.
 * @returns undefined when one is missing, or when a variable is set that only the SDK implements: then use the SDK
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 */
export const accessOf = (env: Environment, { id, host }: Service): Access | undefined => {
  if (LEFT_TO_THE_SDK.some((name) => env[name])) return undefined;
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!region || !accessKeyId || !secretAccessKey) return undefined;
  const isInLambda = env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  const regional = host && isInLambda && REGION.test(region) ? `https://${host}.${region}.amazonaws.com` : undefined;
  const url = env[`AWS_ENDPOINT_URL_${id}`] || env.AWS_ENDPOINT_URL || regional;
  if (!url || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(url);
  return {
    endpoint: { isTls: protocol === 'https:', hostname, port: port ? Number(port) : undefined, path: pathname },
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined },
  };
};

/** The part of an SDK client's configuration that says where requests go. */
export interface SdkConfig {
  endpoint?: (() => Promise<{ protocol: string; hostname: string; port?: number; path: string }>) | undefined;
  serviceConfiguredEndpoint?: () => Promise<string | undefined>;
  region: () => Promise<string>;
  credentials: () => Promise<Credentials>;
}

/** Reads access from an SDK client; undefined when the client computes its endpoint by its endpoint rules. */
export const accessOfSdk = async (config: SdkConfig): Promise<Access | undefined> => {
  const given = await config.endpoint?.();
  const found = given ? undefined : await config.serviceConfiguredEndpoint?.();
  const url = found ? new URL(found) : undefined;
  const { protocol, hostname, port, path } = given ?? { ...partsOf(url) };
  if (!hostname) return undefined;
  return {
    endpoint: { isTls: protocol === 'https:', hostname, port: port ? Number(port) : undefined, path: path ?? '' },
    region: await config.region(),
    credentials: await config.credentials(),
  };
};

const partsOf = (url: URL | undefined) =>
  url && { protocol: url.protocol, hostname: url.hostname, port: Number(url.port), path: url.pathname };
