import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accessOf, accessOfSdk } from '../../../src/signed-http/access.ts';

const DYNAMODB = { id: 'DYNAMODB', host: 'dynamodb' };
const IN_LAMBDA = {
  AWS_LAMBDA_FUNCTION_NAME: 'http',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKID',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};
const LOCAL = { ...IN_LAMBDA, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:3004/base/' };

describe('access by the environment', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is, in Lambda, the endpoint of the region and the keys of the role', () => {
    expect(accessOf(IN_LAMBDA, DYNAMODB)).toEqual({
      endpoint: { isTls: true, hostname: 'dynamodb.eu-central-1.amazonaws.com', port: undefined, path: '/' },
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' },
    });
  });

  it('takes the endpoint that the environment names for the service, before the one for all', () => {
    const all = { ...LOCAL, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const endpoint = { isTls: false, hostname: '127.0.0.1', port: 3004, path: '/base/' };
    expect(accessOf(all, DYNAMODB)).toMatchObject({ endpoint });
    expect(accessOf(all, { id: 'APIGATEWAYMANAGEMENTAPI' })).toMatchObject({ endpoint: { port: 1 } });
  });

  it.each([
    ['no region', { ...LOCAL, AWS_REGION: undefined }],
    ['no key', { ...LOCAL, AWS_ACCESS_KEY_ID: undefined }],
    ['no secret', { ...LOCAL, AWS_SECRET_ACCESS_KEY: '' }],
    ['an endpoint that is no URL', { ...LOCAL, AWS_ENDPOINT_URL_DYNAMODB: 'here' }],
    ['no endpoint, outside of Lambda', { ...IN_LAMBDA, AWS_LAMBDA_FUNCTION_NAME: undefined }],
    ['a region of another partition', { ...IN_LAMBDA, AWS_REGION: 'cn-north-1' }],
    ['a region of the government', { ...IN_LAMBDA, AWS_REGION: 'us-gov-west-1' }],
    ['a profile', { ...LOCAL, AWS_PROFILE: 'work' }],
    ['an account', { ...LOCAL, AWS_ACCOUNT_ID: '123456789012' }],
    ['FIPS', { ...LOCAL, AWS_USE_FIPS_ENDPOINT: 'true' }],
  ])('is left to the SDK when there is %s', (_, env) => {
    expect(accessOf(env, DYNAMODB)).toBeUndefined();
  });

  it('is left to the SDK when the service has no regional host', () => {
    expect(accessOf(IN_LAMBDA, { id: 'APIGATEWAYMANAGEMENTAPI' })).toBeUndefined();
  });

  it.each([
    ['in Lambda', IN_LAMBDA],
    ['on a laptop', LOCAL],
  ])("is the SDK's own, %s", async (_, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { config } = new DynamoDBClient();
    const access = accessOf(env, DYNAMODB);
    const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
    expect(access?.credentials).toEqual({ accessKeyId, secretAccessKey, sessionToken });
    expect(access?.region).toBe(await config.region());
    const rules = config.endpointProvider({ Region: await config.region(), Endpoint: await endpointOf(config) });
    expect(access?.endpoint.hostname).toBe(rules.url.hostname);
    expect(access?.endpoint.isTls).toBe(rules.url.protocol === 'https:');
  });
});

const endpointOf = async (config: DynamoDBClient['config']): Promise<string | undefined> =>
  (config as { serviceConfiguredEndpoint?: () => Promise<string | undefined> }).serviceConfiguredEndpoint?.();

describe("access by the SDK's client", () => {
  const keys = { region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };

  it('is its endpoint, region and keys', async () => {
    const { config } = new DynamoDBClient({ ...keys, endpoint: 'https://localhost:8000' });
    expect(await accessOfSdk(config)).toMatchObject({
      endpoint: { isTls: true, hostname: 'localhost', port: 8000 },
      ...keys,
    });
  });

  it('is left to it when its endpoint comes from its rules', async () => {
    const { config } = new DynamoDBClient({ ...keys, region: 'eu-central-1' });
    expect(await accessOfSdk(config)).toBeUndefined();
  });
});
