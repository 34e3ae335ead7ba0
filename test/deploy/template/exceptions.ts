import type { Exception } from './lint.ts';

/** What cfn-lint says and we leave as it is. */
export const CFN_LINT_EXCEPTIONS: Exception[] = [
  {
    rule: 'W3005',
    resources: /./,
    reason: 'The framework writes a DependsOn beside each Ref; it is needless and harmless.',
  },
];

/** What checkov says and we leave as it is. */
export const CHECKOV_EXCEPTIONS: Exception[] = [
  {
    rule: 'CKV_AWS_18',
    resources: /Bucket/,
    reason: 'A log of accesses needs a bucket with a log of accesses. CloudTrail data events are for who needs them.',
  },
  {
    rule: 'CKV_AWS_21',
    resources: /Bucket/,
    reason: 'Objects are written once under new names; a version of a deleted image would be a leak.',
  },
  {
    rule: 'CKV_AWS_116',
    resources: /LambdaFunction/,
    reason: 'Nothing invokes them asynchronously; the stream has its own bucket for failures.',
  },
  {
    rule: 'CKV_AWS_158',
    resources: /Log/,
    reason: 'Logs hold no texts, tokens or tickets, and are encrypted by the service.',
  },
  {
    rule: 'CKV_AWS_173',
    resources: /LambdaFunction/,
    reason: 'The environment holds names and addresses, and no secret.',
  },
  {
    rule: 'CKV_AWS_86',
    resources: /Distribution/,
    reason: 'A log of every image that somebody looked at is more than an operator should have.',
  },
  {
    rule: 'CKV_AWS_174',
    resources: /Distribution/,
    reason: "CloudFront's own certificate takes no least version of TLS; a certificate for an own name does.",
  },
];

/** And while the parameters that would help are left out. */
export const CHECKOV_EXCEPTIONS_BY_DEFAULT: Exception[] = [
  ...CHECKOV_EXCEPTIONS,
  {
    rule: 'CKV_AWS_115',
    resources: /LambdaFunction/,
    reason: 'A new account has no concurrency to reserve: --param httpConcurrency and its like.',
  },
  {
    rule: 'CKV_AWS_117',
    resources: /LambdaFunction/,
    reason: 'DynamoDB and @connections are public services: --param vpcId where policy asks for a VPC.',
  },
  {
    rule: 'CKV_AWS_119',
    resources: /Table/,
    reason: 'AWS owns the key, which costs nothing: --param kmsKeyArn for one of your own.',
  },
  {
    rule: 'CKV_AWS_68',
    resources: /Distribution/,
    reason: 'A web ACL costs by the month: --param webAclArn.',
  },
  {
    rule: 'CKV_AWS_26',
    resources: /AlarmTopic/,
    reason: "CloudWatch can't publish to a topic with the service's own key: --param kmsKeyArn for one that lets it.",
  },
];

/** And while functions trace, and stand in a VPC. */
export const CHECKOV_EXCEPTIONS_WITH_EVERYTHING: Exception[] = [
  ...CHECKOV_EXCEPTIONS,
  {
    rule: 'CKV_AWS_111',
    resources: /Role/,
    reason: 'X-Ray and network interfaces have no resource to name beforehand.',
  },
];
