import { createRequire } from 'node:module';

/**
 * Leads version 2 of the SDK, which knows no AWS_ENDPOINT_URL_DYNAMODB, to the tables here: its own configuration is told, before a
 * handler makes clients.
 * @see https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/Config.html
 * @param from a file whose folder, or one above, has the SDK
 */
export const aimOldSdk = (from: string): void => {
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
