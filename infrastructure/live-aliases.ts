import { createHash } from 'node:crypto';
import type { Conditional, TemplateResource } from './fold-conditions.ts';

/** As much of a function as versions and aliases touch. */
export interface VersionedFunction {
  /** What the function's events invoke in place of the function. */
  targetAlias?: { name: string; logicalId: string };
  /** The framework's name for the version that it makes. */
  versionLogicalId?: string;
}

export interface VersionedService {
  resources: Conditional;
  functions: Record<string, VersionedFunction>;
  provider: {
    versionFunctions?: boolean;
    compiledCloudFormationTemplate: {
      Resources: Record<string, TemplateResource>;
      Outputs: Record<string, { Value?: unknown }>;
    };
  };
}

interface AliasedFunction {
  /** In the template, a function's resources begin with this. */
  prefix: string;
  aliased: VersionedFunction;
  alias: TemplateResource;
}

/** The functions that releases.yml has an alias for. */
const aliasedFunctions = ({ resources, functions }: VersionedService): AliasedFunction[] =>
  Object.entries(functions).flatMap(([name, aliased]) => {
    const prefix = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const alias = resources.Resources?.[`${prefix}Alias`];
    return alias ? [{ prefix, aliased, alias }] : [];
  });

/** Before functions are compiled: each gets a version, and its events invoke the alias. */
export const aimAtAliases = (service: VersionedService): void => {
  for (const { prefix, aliased, alias } of aliasedFunctions(service)) {
    service.provider.versionFunctions = true;
    aliased.targetAlias = { name: String(alias.Properties?.Name), logicalId: `${prefix}Alias` };
  }
};

/**
 * After functions are compiled: each alias points to its function's version.
 *
 * The framework names a version by the function's code and settings, but not by what is added at the end by `extensions`,
 * nor by the given names of what the environment refers to. A change of these would change the function and publish
 * nothing. So the name tells of them, too; and of nothing else, for Lambda refuses a version that is like the last one.
 */
export const pointAliases = (service: VersionedService): void => {
  const { Resources, Outputs } = service.provider.compiledCloudFormationTemplate;
  for (const { prefix, aliased, alias } of aliasedFunctions(service)) {
    const { versionLogicalId: before = '' } = aliased;
    const version = Resources[before];
    if (!version) throw new Error(`The function ${prefix} has no version`);
    const name = `${before}${hashOf(lateSettings(service.resources, `${prefix}LambdaFunction`))}`;
    delete Resources[before];
    Resources[name] = version;
    aliased.versionLogicalId = name;
    Outputs[`${prefix}LambdaFunctionQualifiedArn`] = { Value: { Ref: name } };
    alias.Properties = { ...alias.Properties, FunctionVersion: { 'Fn::GetAtt': [name, 'Version'] } };
  }
};

const lateSettings = ({ Resources = {}, extensions = {} }: Conditional, id: string): unknown[] => {
  // It belongs to the function, and to no version.
  const { ReservedConcurrentExecutions: _, ...properties } = extensions[id]?.Properties ?? {};
  const nameOf = (resource: string, property: string) => Resources[resource]?.Properties?.[property] ?? '';
  return [
    properties,
    nameOf('Table', 'TableName'),
    nameOf('FailureBucket', 'BucketName'),
    nameOf('ImageBucket', 'BucketName'),
  ];
};

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
