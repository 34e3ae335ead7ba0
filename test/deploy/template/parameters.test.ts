import { describe, expect, it } from 'vitest';
import { PackagedTemplate, type Resource } from './packaged.ts';
import { EVERYTHING, EXTERNAL_ISSUER, KEY_ARN, WEB_ACL_ARN } from './stages.ts';

const FUNCTIONS = ['HttpLambdaFunction', 'WebsocketLambdaFunction', 'StreamLambdaFunction'];

/** What there is of a parameter's doing: nothing by default, and all of it when it is given. */
interface Case {
  parameter: string;
  resources: string[];
  /** A property that stands for it, when it is no resource of its own. */
  property?: (resource: (name: string) => Resource['Properties']) => unknown;
  off?: unknown;
  on?: unknown;
}

const CASES: Case[] = [
  {
    parameter: 'capacity=provisioned',
    resources: ['Table', 'Index'].flatMap((of) =>
      ['Read', 'Write'].flatMap((unit) => [`${of}${unit}Target`, `${of}${unit}Scaling`]),
    ),
    property: (resource) => [
      resource('Table').BillingMode,
      resource('Table').ProvisionedThroughput?.WriteCapacityUnits,
    ],
    off: ['PAY_PER_REQUEST', undefined],
    on: ['PROVISIONED', '5'],
  },
  {
    parameter: 'maxWritesPerSecond, which provisioned capacity has no use for',
    resources: [],
    property: (resource) => resource('Table').OnDemandThroughput,
    off: { MaxReadRequestUnits: '12000', MaxWriteRequestUnits: '4000' },
    on: undefined,
  },
  {
    parameter: 'kmsKeyArn',
    resources: [],
    property: (resource) => [
      resource('Table').SSESpecification.KMSMasterKeyId,
      resource('FailureBucket').BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault
        .KMSMasterKeyID,
      resource('AlarmTopic')?.KmsMasterKeyId,
    ],
    off: [undefined, undefined, undefined],
    on: [KEY_ARN, KEY_ARN, KEY_ARN],
  },
  {
    parameter: 'vpcId',
    resources: ['FunctionsSecurityGroup', 'TableEndpoint', 'BucketEndpoint'],
    property: (resource) => FUNCTIONS.map((name) => resource(name).VpcConfig?.SecurityGroupIds),
    off: [undefined, undefined, undefined],
    on: FUNCTIONS.map(() => [{ Ref: 'FunctionsSecurityGroup' }]),
  },
  {
    parameter: 'tracing',
    resources: [],
    property: (resource) => FUNCTIONS.map((name) => resource(name).TracingConfig?.Mode),
    off: [undefined, undefined, undefined],
    on: ['Active', 'Active', 'Active'],
  },
  {
    parameter: 'reserved concurrency',
    resources: [],
    property: (resource) => FUNCTIONS.map((name) => resource(name).ReservedConcurrentExecutions),
    off: [undefined, undefined, undefined],
    on: ['100', '50', '20'],
  },
  {
    parameter: 'httpDomain, websocketDomain',
    resources: ['HttpDomain', 'WebsocketDomain', 'HttpDomainMapping', 'WebsocketDomainMapping'],
  },
  {
    parameter: 'webAclArn',
    resources: ['ApiDistribution'],
    property: (resource) => resource('ImageDistribution').DistributionConfig.WebACLId,
    off: undefined,
    on: WEB_ACL_ARN,
  },
  {
    parameter: 'handleHoldDays',
    resources: [],
    property: (resource) => resource('StreamLambdaFunction').Environment.Variables.HANDLE_HOLD_DAYS,
    off: '365',
    on: '30',
  },
  {
    parameter: 'writesPerSecond',
    resources: [],
    property: (resource) => resource('HttpApiStage').RouteSettings['POST /thoughts'].ThrottlingRateLimit,
    off: 1_000,
    on: 1_500,
  },
  { parameter: 'alarmEmail and monthlyBudget', resources: ['AlarmEmail', 'Budget'] },
  {
    parameter: 'loginDomain',
    resources: ['LoginPage'],
    property: (resource) => resource('UserPoolClient').AllowedOAuthFlows,
    off: undefined,
    on: ['code'],
  },
  {
    parameter: 'corsOrigins',
    resources: [],
    property: (resource) => resource('HttpApi').CorsConfiguration.AllowOrigins,
    off: { 'Fn::Split': [',', '*'] },
    on: { 'Fn::Split': [',', EVERYTHING.corsOrigins] },
  },
  {
    parameter: 'tableName, failureBucket, imageBucket',
    resources: [],
    property: (resource) => [
      resource('Table').TableName,
      resource('FailureBucket').BucketName,
      resource('ImageBucket').BucketName,
    ],
    off: [undefined, undefined, undefined],
    on: ['kept-table', 'kept-failures', 'kept-images'],
  },
  {
    parameter: 'firstEditionIndex',
    resources: [],
    property: (resource) => [
      resource('Table').GlobalSecondaryIndexes.map(({ IndexName }: { IndexName: string }) => IndexName),
      resource('Table').AttributeDefinitions.length,
    ],
    off: [['feed'], 4],
    on: [['feed', 'gsi1'], 6],
  },
  {
    parameter: 'pushUrl',
    resources: [],
    property: (resource) =>
      resource('StreamLambdaFunction').Environment.Variables.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI,
    off: { 'Fn::Sub': 'https://${WebsocketsApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod' },
    on: { 'Fn::Sub': 'https://${WebsocketsApi}.push.example.com/prod' },
  },
];

describe('By parameter', () => {
  const off = PackagedTemplate.read('prod');
  const on = PackagedTemplate.read('everything');

  it.each(CASES)('$parameter', ({ resources, property, off: whenOff, on: whenOn }) => {
    const names = (packaged: PackagedTemplate) => Object.keys(packaged.template.Resources);
    expect(names(off).filter((name) => resources.includes(name))).toEqual([]);
    expect(names(on)).toEqual(expect.arrayContaining(resources));
    if (!property) return;
    expect(property((name) => off.resource(name).Properties)).toEqual(whenOff);
    expect(property((name) => on.resource(name).Properties)).toEqual(whenOn);
  });

  it('gatewayAccount=false leaves the account as it is', () => {
    expect(off.namesOf('AWS::ApiGateway::Account')).toEqual(['GatewayAccount']);
    expect(on.namesOf('AWS::ApiGateway::Account')).toEqual([]);
  });

  it('has no CloudFormation condition left after packaging', () => {
    for (const { template } of [off, on]) {
      expect(template).not.toHaveProperty('Conditions');
      expect(JSON.stringify(template)).not.toContain('"Fn::If"');
    }
  });

  it('issuerUrl makes no user pool, and the tokens of that issuer pass', () => {
    const external = PackagedTemplate.read('external');
    expect(external.resources.filter(([, { Type }]) => Type.startsWith('AWS::Cognito'))).toEqual([]);
    expect(Object.keys(external.template.Outputs).filter((name) => name.startsWith('UserPool'))).toEqual([]);
    expect(external.resource('HttpApiAuthorizerLogin').Properties.JwtConfiguration).toEqual({
      Issuer: EXTERNAL_ISSUER.issuerUrl,
      Audience: [EXTERNAL_ISSUER.audience],
    });
  });
});

describe('Releases', () => {
  const functions = ['Http', 'Websocket', 'Stream'];

  it('are all at once on dev: no versions, and events invoke the functions', () => {
    const dev = PackagedTemplate.read('dev');
    expect(dev.resources.filter(([, { Type }]) => /CodeDeploy|Lambda::(Alias|Version)/.test(Type))).toEqual([]);
    expect(JSON.stringify(dev.resource('StreamEventSourceMappingDynamodbTable').Properties.FunctionName)).not.toContain(
      'live',
    );
  });

  it('shift the traffic on prod: events invoke an alias, which CodeDeploy moves while it watches the alarms', () => {
    const prod = PackagedTemplate.read('prod');
    for (const name of functions) {
      const alias = prod.resource(`${name}Alias`);
      const [version] = alias.Properties.FunctionVersion['Fn::GetAtt'];
      expect(prod.resource(version).Properties.FunctionName).toEqual({ Ref: `${name}LambdaFunction` });
      expect(alias.UpdatePolicy?.CodeDeployLambdaAliasUpdate).toEqual({
        ApplicationName: { Ref: 'Releases' },
        DeploymentGroupName: { Ref: `${name}Release` },
      });
      const { DeploymentConfigName, AlarmConfiguration } = prod.resource(`${name}Release`).Properties;
      expect(DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
      expect(AlarmConfiguration.Enabled).toBe(true);
      const alarms = AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref);
      expect(prod.namesOf('AWS::CloudWatch::Alarm')).toEqual(expect.arrayContaining(alarms));
    }
    const invoked = [
      prod.resource('HttpApiIntegrationHttp').Properties.IntegrationUri,
      prod.resource('HttpLambdaPermissionHttpApi').Properties.FunctionName,
      prod.resource('WebsocketWebsocketsIntegration').Properties.IntegrationUri,
      prod.resource('WebsocketLambdaPermissionWebsockets').Properties.FunctionName,
      prod.resource('StreamEventSourceMappingDynamodbTable').Properties.FunctionName,
    ];
    for (const target of invoked) expect(JSON.stringify(target)).toContain('"live"');
  });

  it('check no alarm when all traffic moves at once, so that a fix can be deployed while an alarm rings', () => {
    const everything = PackagedTemplate.read('everything');
    for (const name of functions) {
      const { DeploymentConfigName, AlarmConfiguration } = everything.resource(`${name}Release`).Properties;
      expect(DeploymentConfigName).toBe('CodeDeployDefault.LambdaAllAtOnce');
      expect(AlarmConfiguration).toBeUndefined();
    }
  });
});

describe('The user pool', () => {
  it('works with its default settings', () => {
    const { Properties: pool } = PackagedTemplate.read('prod').resource('UserPool');
    expect(pool).toMatchObject({
      AutoVerifiedAttributes: ['email'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
  });

  it('gives tokens that are valid for as long as docs/operations.md says and can be revoked', () => {
    const { Properties: client } = PackagedTemplate.read('prod').resource('UserPoolClient');
    expect(client).toMatchObject({
      AccessTokenValidity: 60,
      IdTokenValidity: 60,
      RefreshTokenValidity: 30,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    });
  });
});
