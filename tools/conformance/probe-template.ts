import { readFileSync } from 'node:fs';
import { BATCH_SECONDS, BATCH_SIZE, MAPPINGS, PROBES, type ProbeName } from './stream-probe.ts';

const CODE = readFileSync(new URL('./probe-function.cjs', import.meta.url), 'utf8');
const READS_STREAMS = 'iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole';

/** The template's names of a table and its mapping. */
export const idsOf = (name: ProbeName): { table: string; mapping: string } => {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return { table: `${title}Table`, mapping: `${title}Mapping` };
};

/** For each table: itself, and its mapping. */
const tableAndMapping = (name: ProbeName): [string, object][] => {
  const { table, mapping } = idsOf(name);
  const Table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((key) => ({ AttributeName: key, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  };
  const Mapping = {
    Type: 'AWS::Lambda::EventSourceMapping',
    DependsOn: ['Log'],
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': [table, 'StreamArn'] },
      FunctionName: { Ref: 'Probe' },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: BATCH_SIZE,
      MaximumBatchingWindowInSeconds: BATCH_SECONDS,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...MAPPINGS[name],
    },
  };
  return [
    [table, Table],
    [mapping, Mapping],
  ];
};

/** A stack of its own for the probe: all of it goes with the stack. */
export const PROBE_TEMPLATE = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        ManagedPolicyArns: [{ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, READS_STREAMS]] }],
      },
    },
    Probe: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: CODE },
      },
    },
    Log: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: { 'Fn::Join': ['', ['/aws/lambda/', { Ref: 'Probe' }]] }, RetentionInDays: 1 },
    },
    ...Object.fromEntries(PROBES.flatMap(tableAndMapping)),
  },
};
