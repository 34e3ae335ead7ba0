import { describe, expect, it } from 'vitest';
import { UPLOADS } from '../../../src/images/image-store.ts';
import { contentPolicy } from '../../../web/policy.ts';
import type { Parameters } from '../deployment.ts';
import { PackagedTemplate, type Resource } from './packaged.ts';
import { PACKAGES } from './stages.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** What no resource can be named for, by AWS's own reference of actions. */
const WITHOUT_RESOURCES = [
  'dynamodb:ListStreams',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

const SOURCES = ['thought', 'following', 'barred', 'task', 'message', 'roster', 'erasure'];
const KEPT = ['Table', 'FailureBucket', 'ImageBucket', 'UserPool', 'UserPoolClient'];

/** Calls a second by route; a route with settings of its own is measured as the others are. */
const ratesOf = ({ Properties }: Resource): Map<string, number> => {
  const settings = Object.entries(Properties.RouteSettings as Record<string, Record<string, unknown>>);
  for (const [key, { DetailedMetricsEnabled, ThrottlingBurstLimit, ThrottlingRateLimit }] of settings) {
    expect([DetailedMetricsEnabled, ThrottlingBurstLimit], key).toEqual([true, ThrottlingRateLimit]);
  }
  return new Map(settings.map(([key, { ThrottlingRateLimit }]) => [key, ThrottlingRateLimit as number]));
};

describe.each(['dev', 'prod', 'everything'] as const)('The template of %s', (name) => {
  const { stage, parameters }: { stage: string; parameters: Parameters } = PACKAGES[name];
  const packaged = PackagedTemplate.read(name);

  it('grants no wildcard action, and no wildcard resource where an ARN is possible', () => {
    const statements = packaged
      .ofType('AWS::IAM::Role')
      .flatMap(([role, { Properties }]) =>
        (Properties.Policies ?? []).flatMap(({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
          PolicyDocument.Statement.map((statement) => ({ role, ...statement })),
        ),
      );
    expect(statements.length).toBeGreaterThan(8);
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const onEverything = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
    const unreasoned = onEverything.flatMap(({ Action }) => Action).filter((one) => !WITHOUT_RESOURCES.includes(one));
    expect(unreasoned).toEqual([]);
  });

  it('lets only its own API invoke its functions', () => {
    const permissions = packaged.ofType('AWS::Lambda::Permission');
    expect(permissions.map(([id]) => id).sort()).toEqual([
      'HttpLambdaPermissionHttpApi',
      'WebsocketLambdaPermissionWebsockets',
    ]);
    for (const [id, { Properties }] of permissions) {
      const source = JSON.stringify(Properties.SourceArn);
      expect(source, id).toMatch(/HttpApi|WebsocketsApi/);
      expect(Properties.Principal, id).toBe('apigateway.amazonaws.com');
    }
  });

  it('keeps resources with data on removal and replacement, and leaves none after a failed first deployment', () => {
    for (const id of KEPT) {
      const { DeletionPolicy, UpdateReplacePolicy } = packaged.resource(id);
      expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
    const isProtected = stage === 'prod';
    expect(packaged.resource('Table').Properties.DeletionProtectionEnabled).toBe(isProtected);
    expect(packaged.resource('UserPool').Properties.DeletionProtection).toBe(isProtected ? 'ACTIVE' : 'INACTIVE');
  });

  it('encrypts what it stores, and backs the table up', () => {
    const { SSESpecification, PointInTimeRecoverySpecification } = packaged.resource('Table').Properties;
    expect(SSESpecification.SSEEnabled).toBe(true);
    expect(PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    for (const [id, { Properties }] of packaged.ofType('AWS::S3::Bucket')) {
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration, id).toHaveLength(1);
    }
  });

  it('makes no bucket public, and refuses requests without TLS', () => {
    const buckets = packaged.namesOf('AWS::S3::Bucket').sort();
    expect(buckets).toEqual(['FailureBucket', 'ImageBucket', 'PageBucket', 'ServerlessDeploymentBucket']);
    const closed = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    for (const id of buckets) expect(packaged.resource(id).Properties.PublicAccessBlockConfiguration).toEqual(closed);
    for (const [id, { Properties }] of packaged.ofType('AWS::S3::BucketPolicy')) {
      const statements = Properties.PolicyDocument.Statement as (Statement & {
        Principal: unknown;
        Condition: object;
      })[];
      const denied = statements.filter(({ Effect }) => Effect === 'Deny');
      expect(JSON.stringify(denied), id).toContain('aws:SecureTransport');
      for (const { Principal } of statements.filter(({ Effect }) => Effect === 'Allow')) {
        expect(Principal, id).toEqual({ Service: 'cloudfront.amazonaws.com' });
      }
    }
    const reading = packaged.resource('ImageBucketPolicy').Properties.PolicyDocument.Statement.at(-1);
    expect(JSON.stringify(reading.Condition)).toContain('distribution/${ImageDistribution}');
  });

  it('serves no unchecked upload, and lets unchecked uploads and images without a thought expire', () => {
    const { PolicyDocument } = packaged.resource('ImageBucketPolicy').Properties;
    expect(PolicyDocument.Statement).toContainEqual({
      Effect: 'Deny',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: { 'Fn::Sub': `\${ImageBucket.Arn}/${UPLOADS}*` },
    });
    const { Rules } = packaged.resource('ImageBucket').Properties.LifecycleConfiguration;
    const ends = Rules.map(({ Prefix, TagFilters, ExpirationInDays }: Record<string, unknown>) => [
      Prefix ?? TagFilters,
      ExpirationInDays,
    ]);
    // An idempotency key holds for a day, and a request that is repeated finds its upload again.
    expect(ends).toContainEqual([UPLOADS, 2]);
    expect(ends).toContainEqual([[{ Key: 'state', Value: 'unused' }], 3]);
  });

  it('serves images only through CloudFront, with signed requests to the bucket and the nosniff header', () => {
    const { DistributionConfig: config } = packaged.resource('ImageDistribution').Properties;
    const [origin] = config.Origins;
    expect(origin.OriginAccessControlId).toEqual({ 'Fn::GetAtt': ['ImageOriginAccess', 'Id'] });
    expect(config.DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
    expect(config.DefaultCacheBehavior.ResponseHeadersPolicyId).toBe('67f7725c-6f97-4210-82d7-5512b31e9d03');
    const { Variables } = packaged.resource('HttpLambdaFunction').Properties.Environment;
    expect(Variables.IMAGE_URL).toEqual({ 'Fn::Sub': 'https://${ImageDistribution.DomainName}' });
  });

  it('serves the page only through CloudFront, with a content policy that allows nothing inline', () => {
    const { DistributionConfig: config } = packaged.resource('PageDistribution').Properties;
    expect(config.Origins[0].OriginAccessControlId).toEqual({ 'Fn::GetAtt': ['PageOriginAccess', 'Id'] });
    expect(config.DefaultCacheBehavior.ResponseHeadersPolicyId).toEqual({ Ref: 'PageHeaders' });
    const policy = JSON.stringify(packaged.resource('PageHeaders').Properties);
    // Each directive that the laptop's page has, in this order; where data comes from is the stack's own.
    const laptops = contentPolicy({ api: '', websocket: '', issuer: '', images: '', uploads: '' });
    const places = laptops.split(';').map((directive) => policy.indexOf(directive.trim().split(' ')[0] as string));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(policy).not.toMatch(/unsafe|data:|\*/);
    const reading = packaged.resource('PageBucketPolicy').Properties.PolicyDocument.Statement.at(-1);
    expect(JSON.stringify(reading.Condition)).toContain('distribution/${PageDistribution}');
  });

  it('sets a retention on every log group', () => {
    const logs = packaged.ofType('AWS::Logs::LogGroup');
    expect(logs).toHaveLength(5);
    for (const [id, { Properties }] of logs) expect(Properties.RetentionInDays, id).toBe(30);
  });

  it('logs every request and frame without its content', () => {
    for (const id of ['HttpApiStage', 'WebsocketsDeploymentStage']) {
      const { Format, DestinationArn } = packaged.resource(id).Properties.AccessLogSettings;
      expect(JSON.stringify(DestinationArn), id).toContain('AccessLog');
      const names = [...(Format as string).matchAll(/\$context\.([\w.]+)/g)].map(([, found]) => found);
      expect(names, id).toContain('status');
      for (const secret of ['path', 'query', 'authorizer', 'header', 'body', 'message']) {
        expect(
          names.filter((found) => found?.toLowerCase().includes(secret)),
          id,
        ).toEqual([]);
      }
    }
  });

  it('throttles both APIs', () => {
    for (const id of ['HttpApiStage', 'WebsocketsDeploymentStage']) {
      const { ThrottlingRateLimit, ThrottlingBurstLimit } = packaged.resource(id).Properties.DefaultRouteSettings;
      expect(Number(ThrottlingRateLimit)).toBeGreaterThan(0);
      expect(Number(ThrottlingBurstLimit)).toBeGreaterThan(0);
    }
  });

  it('throttles each expensive route separately, so that a flood on one leaves room for the others', () => {
    // A usual page takes 25 read units of the table's 12,000.
    const mostLists = 12_000 / 25;
    const routes = packaged.ofType('AWS::ApiGatewayV2::Route');
    const named = new Map(routes.map(([id, { Properties }]) => [Properties.RouteKey as string, id]));
    const http = packaged.resource('HttpApiStage');
    const rates = ratesOf(http);
    for (const key of Object.keys(http.Properties.RouteSettings)) {
      // API Gateway refuses settings of a route that is not there yet.
      expect(http.DependsOn, key).toContain(named.get(key) ?? `a route ${key}`);
    }
    const changing = [...named.keys()].filter((key) => /^(POST|PUT|PATCH|DELETE) /.test(key));
    expect(changing.length).toBeGreaterThan(20);
    const writes = Number(parameters.writesPerSecond ?? 1_000);
    for (const key of changing) expect(rates.get(key), key).toBeLessThanOrEqual(writes);
    for (const key of ['GET /thoughts', 'GET /timeline', 'GET /conversations/{id}'])
      expect(rates.get(key), key).toBe(mostLists);

    const websocket = packaged.resource('WebsocketsDeploymentStage');
    const deployment = packaged.resource(websocket.Properties.DeploymentId.Ref);
    for (const key of Object.keys(websocket.Properties.RouteSettings)) expect(named.has(key), key).toBe(true);
    expect(deployment.DependsOn).toContain(named.get('$connect'));
    expect(ratesOf(websocket).get('$connect')).toBe(400);
  });

  it('invokes the stream function only for relevant records, and keeps every batch that is given up', () => {
    const { FilterCriteria, DestinationConfig, ...mapping } = packaged.resource(
      'StreamEventSourceMappingDynamodbTable',
    ).Properties;
    const patterns = FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));
    expect(patterns).toEqual([
      { dynamodb: { NewImage: { type: { S: SOURCES } } } },
      { dynamodb: { NewImage: { type: { S: ['inbox'] }, changedBy: { S: ['reader'] } } } },
      { eventName: ['REMOVE'], dynamodb: { OldImage: { type: { S: ['following'] } } } },
      { eventName: ['REMOVE'], dynamodb: { OldImage: { type: { S: ['thought'] }, image: { S: [{ exists: true }] } } } },
    ]);
    expect(DestinationConfig.OnFailure.Destination).toEqual({ 'Fn::GetAtt': ['FailureBucket', 'Arn'] });
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('gives no fixed name to a resource that CloudFormation may have to replace', () => {
    const given = new Set(Object.values(parameters));
    const named = packaged.resources.filter(([, { Properties }]) => {
      const name = Properties?.TableName ?? Properties?.BucketName ?? Properties?.RoleName ?? Properties?.TopicName;
      return name !== undefined && !given.has(name);
    });
    expect(named.map(([id]) => id)).toEqual([]);
  });

  it('sends all alarms to one topic', () => {
    const alarms = packaged.ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(15);
    for (const [id, { Properties }] of alarms) {
      expect(Properties.AlarmActions, id).toEqual([{ Ref: 'AlarmTopic' }]);
      expect(Properties.TreatMissingData, id).toBe('notBreaching');
      expect(Properties.AlarmDescription, id).toMatch(/\w/);
    }
  });

  it('shows the metric of every alarm on one dashboard', () => {
    const { DashboardBody } = packaged.resource('Dashboard').Properties;
    const body = JSON.parse(DashboardBody['Fn::Sub']) as { widgets: { properties: { metrics: unknown[][] } }[] };
    const shown = body.widgets.flatMap(({ properties }) => properties.metrics.map(([, metric]) => metric));
    for (const metric of ['IteratorAge', 'CommitToPush', 'Missed', 'Parked', '5xx', 'Errors', 'WriteThrottleEvents']) {
      expect(shown).toContain(metric);
    }
  });
});
