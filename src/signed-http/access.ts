import type { Credentials } from './signing-key.ts';

/** Where requests go, and as whom. */
export interface Access {
  endpoint: { isTls: boolean; hostname: string; port: number | undefined; path: string };
  region: string;
  credentials: Credentials;
}

/** A service, as the environment and the names of its hosts call it. */
export interface Service {
  /** Of `AWS_ENDPOINT_URL_<id>`. */
  id: string;
  /** Begins its regional host; none when each API has a host of its own. */
  host?: string;
}

type Environment = Record<string, string | undefined>;

/** Each of them can change the endpoint or the keys in a way that the SDK knows, and this does not. */
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
 * Reads endpoint, region and keys as Lambda sets them, and a laptop; undefined when the environment leaves any of it open, or says
 * more than that. The SDK then knows what is meant.
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

/** As much of a client of the SDK as tells where its requests go. */
export interface SdkConfig {
  endpoint?: (() => Promise<{ protocol: string; hostname: string; port?: number; path: string }>) | undefined;
  serviceConfiguredEndpoint?: () => Promise<string | undefined>;
  region: () => Promise<string>;
  credentials: () => Promise<Credentials>;
}

/** Asks a client of the SDK; undefined when its endpoint comes from rules of its own. */
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
