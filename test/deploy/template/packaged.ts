import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parameterArguments, runServerless } from '../deployment.ts';
import { PACKAGES, type PackageName } from './stages.ts';

export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  UpdatePolicy?: Record<string, unknown>;
  DependsOn?: string | string[];
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a resource, it says by using it
  Properties: any;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

const folderOf = (name: string): string => join('.local/packaged', name);

/** `sls package`, one after the other. Vitest calls this before the tests of templates. */
export const setup = async (): Promise<void> => {
  for (const [name, { stage, parameters }] of Object.entries(PACKAGES)) {
    const args = ['package', '--stage', stage, '--package', folderOf(name)];
    await runServerless([...args, ...parameterArguments(parameters)]);
  }
};

/** A template as the framework would hand it to CloudFormation. */
export class PackagedTemplate {
  readonly file: string;
  readonly template: Template;

  private constructor(file: string) {
    this.file = file;
    this.template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  }

  /** One that the setup has made. */
  static read(name: PackageName): PackagedTemplate {
    return new this(join(folderOf(name), 'cloudformation-template-update-stack.json'));
  }

  get resources(): [string, Resource][] {
    return Object.entries(this.template.Resources);
  }

  /** @throws Error when there is none of that name */
  resource(name: string): Resource {
    const found = this.template.Resources[name];
    if (!found) throw new Error(`The template has no ${name}`);
    return found;
  }

  ofType(type: string): [string, Resource][] {
    return this.resources.filter(([, { Type }]) => Type === type);
  }

  /** The names of a type's resources. */
  namesOf(type: string): string[] {
    return this.ofType(type).map(([name]) => name);
  }
}
