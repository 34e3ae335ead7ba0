import { describe, expect, it } from 'vitest';
import { aimAtAliases, pointAliases, type VersionedService } from '../../../infrastructure/live-aliases.ts';

const VERSION = 'HttpLambdaVersionABC';

const aService = (late: object = {}, tableName?: string): VersionedService => ({
  resources: {
    Resources: {
      HttpAlias: { Properties: { Name: 'live', FunctionName: { Ref: 'HttpLambdaFunction' } } },
      Table: { Properties: { ...(tableName && { TableName: tableName }) } },
    },
    extensions: { HttpLambdaFunction: { Properties: { ...late } } },
  },
  functions: { http: { versionLogicalId: VERSION }, other: {} },
  provider: {
    versionFunctions: false,
    compiledCloudFormationTemplate: {
      Resources: { [VERSION]: { Properties: { CodeSha256: 'sha' } } },
      Outputs: { HttpLambdaFunctionQualifiedArn: { Value: { Ref: VERSION } } },
    },
  },
});

/** The name of the version that the alias points to. */
const versionOf = (service: VersionedService): string => {
  pointAliases(service);
  const { FunctionVersion } = service.resources.Resources?.HttpAlias?.Properties ?? {};
  const [name = ''] = (FunctionVersion as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  return name;
};

describe('Aliases', () => {
  it('are what events invoke when a function has an alias', () => {
    const service = aService();
    aimAtAliases(service);
    expect(service.provider.versionFunctions).toBe(true);
    expect(service.functions.http?.targetAlias).toEqual({ name: 'live', logicalId: 'HttpAlias' });
    expect(service.functions.other).toEqual({});
  });

  it('change nothing where there are none', () => {
    const service = aService();
    delete service.resources.Resources?.HttpAlias;
    const before = structuredClone(service);
    aimAtAliases(service);
    pointAliases(service);
    expect(service).toEqual(before);
  });

  it('point to the version of the function, and so does the output', () => {
    const service = aService();
    const name = versionOf(service);
    const { Resources, Outputs } = service.provider.compiledCloudFormationTemplate;
    expect(Resources).toEqual({ [name]: { Properties: { CodeSha256: 'sha' } } });
    expect(Outputs.HttpLambdaFunctionQualifiedArn).toEqual({ Value: { Ref: name } });
  });

  it('get another version with another setting that the framework does not see, and only then', () => {
    const name = versionOf(aService());
    expect(versionOf(aService())).toBe(name);
    // It is the function's, whatever the version: Lambda would refuse to publish one for it.
    expect(versionOf(aService({ ReservedConcurrentExecutions: '5' }))).toBe(name);
    expect(versionOf(aService({ TracingConfig: { Mode: 'Active' } }))).not.toBe(name);
    expect(versionOf(aService({}, 'kept-table'))).not.toBe(name);
  });

  it('are refused when the framework has made no version', () => {
    const service = aService();
    service.functions.http = {};
    expect(() => pointAliases(service)).toThrow('Http has no version');
  });
});
