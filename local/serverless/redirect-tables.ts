import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

/** DynamoDB and its streams in any region: https://docs.aws.amazon.com/general/latest/gr/ddb.html */
const TABLE_HOST = /^(?:streams\.)?dynamodb(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$/;

type Send = (options: https.RequestOptions, ...rest: unknown[]) => http.ClientRequest;

/**
 * Sends what an SDK sends to DynamoDB on AWS to the local tables. Version 2 of the SDK, and version 3 before October
 * 2023, ignore AWS_ENDPOINT_URL_DYNAMODB. With the credentials of the machine they would change the tables of an account.
 * @see https://github.com/aws/aws-sdk-js-v3/pull/5350
 * @param endpoint the URL of the local tables
 */
export const redirectTables = (endpoint: string | undefined): void => {
  if (endpoint === undefined) return;
  const { protocol, hostname, port } = new URL(endpoint);
  const original = https.request as Send;
  const send = protocol === 'https:' ? original : (http.request as Send);
  const redirected: Send = (options, ...rest) => {
    if (!TABLE_HOST.test(options.hostname ?? options.host ?? '')) return original(options, ...rest);
    // An agent is for one protocol.
    const { agent: _, ...others } = options;
    return send({ ...others, protocol, hostname, host: hostname, port }, ...rest);
  };
  https.request = redirected as typeof https.request;
  syncBuiltinESMExports();
};
