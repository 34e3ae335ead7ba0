import { describe, expect, it } from 'vitest';
import { credentials, lambdaEnvironment, resolveEnvironment } from '../../../../local/serverless/environment.ts';

const names = { Table: 'notes', WebsocketsApi: 'local', 'AWS::Region': 'eu-central-1' };

describe('the variables of a function', () => {
  it('are texts, and what only a deployment knows is left out and named', () => {
    const leftOut: string[] = [];
    const environment = { TABLE: { Ref: 'Table' }, COUNT: 3, ON: true, NONE: null, BUCKET: { Ref: 'Bucket' } };
    const known = resolveEnvironment(environment, names, 'localhost:3001', (name, what) =>
      leftOut.push(`${name}: ${what}`),
    );
    expect(known).toEqual({ TABLE: 'notes', COUNT: '3', ON: 'true' });
    expect(leftOut).toEqual(['BUCKET: Bucket']);
  });

  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders.
    ['https://${WebsocketsApi}.execute-api.${AWS::Region}.amazonaws.com/dev', 'http://localhost:3001/dev'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders.
    ['wss://${WebsocketsApi}.execute-api.${AWS::Region}.amazonaws.com/dev', 'ws://localhost:3001/dev'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders.
    ['${WebsocketsApi}.execute-api.${AWS::Region}.amazonaws.com', 'localhost:3001'],
  ])('that hold the address of the WebSocket API hold the one here: %s', (text, url) => {
    const known = resolveEnvironment({ URL: { 'Fn::Sub': text } }, names, 'localhost:3001', () => {});
    expect(known).toEqual({ URL: url });
  });

  it('are those of Lambda, and nothing of the machine but its paths and what is AWS’s', () => {
    const machine = { PATH: '/bin', AWS_PROFILE: 'me', SECRET: 'mine', NODE_OPTIONS: '--inspect' };
    const definition = { functionName: 'app-dev-f', handler: 'src/f.handler', memoryMb: 256, region: 'eu-central-1' };
    const environment = lambdaEnvironment(machine, definition);
    expect(environment).toMatchObject({
      PATH: '/bin',
      AWS_PROFILE: 'me',
      _HANDLER: 'src/f.handler',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'app-dev-f',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      IS_OFFLINE: 'true',
    });
    expect(environment).not.toHaveProperty('SECRET');
    expect(environment).not.toHaveProperty('NODE_OPTIONS');
  });
});

describe('credentials', () => {
  it('are invented when there are none, and otherwise not changed', () => {
    expect(credentials({})).toEqual({ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
    expect(credentials({ AWS_PROFILE: 'me' })).toEqual({});
    expect(credentials({ AWS_ACCESS_KEY_ID: 'key' })).toEqual({});
  });
});
