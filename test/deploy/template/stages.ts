import type { Parameters } from '../deployment.ts';

const ACCOUNT = '123456789012';
const ID = '11111111-2222-3333-4444-555555555555';

export const KEY_ARN = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/${ID}`;
export const WEB_ACL_ARN = `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/all/${ID}`;

/** Every parameter that turns something on, at once. */
export const EVERYTHING: Parameters = {
  capacity: 'provisioned',
  kmsKeyArn: KEY_ARN,
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  routeTableIds: 'rtb-0123456789abcdef0',
  tracing: 'true',
  httpConcurrency: '100',
  websocketConcurrency: '50',
  streamConcurrency: '20',
  httpDomain: 'api.example.com',
  websocketDomain: 'live.example.com',
  certificateArn: `arn:aws:acm:eu-central-1:${ACCOUNT}:certificate/${ID}`,
  webAclArn: WEB_ACL_ARN,
  handleHoldDays: '30',
  writesPerSecond: '1500',
  alarmEmail: 'operators@example.com',
  monthlyBudget: '100',
  loginDomain: 'deep-thoughts',
  loginCallbacks: 'https://app.example.com',
  corsOrigins: 'https://app.example.com,https://www.example.com',
  tableName: 'kept-table',
  firstEditionIndex: 'true',
  failureBucket: 'kept-failures',
  imageBucket: 'kept-images',
  gatewayAccount: 'false',
  trafficShift: 'LambdaAllAtOnce',
  pushUrl: 'https://${WebsocketsApi}.push.example.com',
};

/** A login from outside. */
export const EXTERNAL_ISSUER: Parameters = { issuerUrl: 'https://login.example.com', audience: 'thoughts' };

/** What is packaged once, for all tests. */
export const PACKAGES = {
  dev: { stage: 'dev', parameters: {} },
  prod: { stage: 'prod', parameters: {} },
  everything: { stage: 'prod', parameters: EVERYTHING },
  external: { stage: 'prod', parameters: EXTERNAL_ISSUER },
} satisfies Record<string, { stage: string; parameters: Parameters }>;

export type PackageName = keyof typeof PACKAGES;
