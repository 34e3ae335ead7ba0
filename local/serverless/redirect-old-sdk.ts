import { createRequire } from 'node:module';

/**
 * Points version 2 of the SDK, which ignores AWS_ENDPOINT_URL_DYNAMODB, to the local tables. It sets the SDK's global configuration
 * before a handler creates clients.
 * @see https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/Config.html
 * @param from a file; its folder or a parent folder has the SDK
 */
export const redirectOldSdk = (from: string): void => {
  const require = createRequire(from);
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  let found: string;
  try {
    found = require.resolve('aws-sdk');
  } catch {
    return;
  }
  const { config } = require(found) as { config: { update: (options: object) => void } };
  config.update({ dynamodb: { endpoint }, dynamodbstreams: { endpoint } });
};
