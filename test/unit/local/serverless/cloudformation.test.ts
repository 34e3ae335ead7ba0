import { describe, expect, it } from 'vitest';
import { resolveKnown, resolveValue } from '../../../../local/serverless/cloudformation.ts';
import { pseudoParameters, readSettings, tableNames } from '../../../../local/serverless/settings.ts';
import { readTables, tableOfArn } from '../../../../local/serverless/tables.ts';
import type { Serverless } from '../../../../local/serverless/types.ts';

const names = { Notes: 'notes-dev', 'Notes.Arn': 'arn:x', 'AWS::Region': 'eu-central-1' };

describe('a value of CloudFormation', () => {
  it.each([
    [{ Ref: 'Notes' }, 'notes-dev'],
    [{ 'Fn::GetAtt': ['Notes', 'Arn'] }, 'arn:x'],
    [{ 'Fn::GetAtt': 'Notes.Arn' }, 'arn:x'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders.
    [{ 'Fn::Sub': 'a/${Notes}/${AWS::Region}/${!kept}' }, 'a/notes-dev/eu-central-1/${kept}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders.
    [{ 'Fn::Sub': ['${Own}-${Notes}', { Own: { Ref: 'AWS::Region' } }] }, 'eu-central-1-notes-dev'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Notes' }]] }, 'a-notes-dev'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Notes' }] }] }, 'dev'],
    [
      [{ Ref: 'Notes' }, { plain: 1 }],
      ['notes-dev', { plain: 1 }],
    ],
    ['text', 'text'],
  ])('%j is %j', (value, expected) => {
    expect(resolveValue(value, names)).toEqual({ kind: 'value', value: expected });
  });

  it.each([
    [{ Ref: 'Bucket' }, 'Bucket'],
    [{ 'Fn::Join': ['', ['a', { 'Fn::GetAtt': ['Queue', 'Arn'] }]] }, 'Queue.Arn'],
    [{ 'Fn::ImportValue': 'theirs' }, 'Fn::ImportValue "theirs"'],
  ])('%j is not known, and says so', (value, what) => {
    expect(resolveValue(value, names)).toEqual({ kind: 'unknown', what });
  });

  it('is left out of a list or an object when it is not known', () => {
    const value = { list: [{ Ref: 'Notes' }, { Ref: 'Bucket' }], unknown: { 'Fn::If': ['a', 1, 2] }, kept: 1 };
    expect(resolveKnown(value, names)).toEqual({ list: ['notes-dev'], kept: 1 });
  });
});

const service: Serverless['service'] = { service: 'app', provider: { stage: 'dev', region: 'eu-west-1' } };

describe('the tables of a service', () => {
  it('have their names, or one that the stack gives', () => {
    const settings = readSettings({ serviceDir: '/', service }, {}, {});
    const pseudo = pseudoParameters('app', settings);
    const resources = {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders.
      Named: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { 'Fn::Sub': 'n-${AWS::Region}' } } },
      Unnamed: { Type: 'AWS::DynamoDB::GlobalTable' },
      Bucket: { Type: 'AWS::S3::Bucket' },
    };
    const tables = readTables(resources, pseudo);
    expect(tables.map(({ logicalId, name }) => [logicalId, name])).toEqual([
      ['Named', 'n-eu-west-1'],
      ['Unnamed', 'app-dev-Unnamed'],
    ]);
    const arn = tableNames(tables, 'eu-west-1')['Unnamed.StreamArn'] ?? '';
    expect(tableOfArn(arn)).toBe('app-dev-Unnamed');
  });
});

describe('the settings', () => {
  it('of the command line go before those of serverless.yml, and these before serverless-offline', () => {
    const custom = {
      streamsAndSockets: { dynamodbPort: 1, dataDir: 'data' },
      'serverless-offline': { websocketPort: 2 },
    };
    const serverless = { serviceDir: '/', service: { ...service, custom } };
    const endpoint = 'http://localhost:9000';
    const settings = readSettings(
      serverless,
      { dataDir: 'other', stage: 'test' },
      { AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    );
    expect(settings).toMatchObject({ dynamodbPort: 1, websocketPort: 2, dataDir: 'other', stage: 'test' });
    expect(settings.dynamodbEndpoint).toBe(endpoint);
  });

  it('have the usual ports', () => {
    const settings = readSettings({ serviceDir: '/', service }, {}, {});
    expect(settings).toMatchObject({ dynamodbPort: 8_000, websocketPort: 3_001, stage: 'dev', region: 'eu-west-1' });
  });
});
