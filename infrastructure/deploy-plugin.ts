import type { CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { foldConditions } from './fold-conditions.ts';
import { type KeptResource, keptResources, keptText, takesOver } from './kept-resources.ts';
import { aimAtAliases, pointAliases, type VersionedService } from './live-aliases.ts';
import { finishRouteSettings } from './route-settings.ts';

interface Provider {
  naming: { getStackName(): string; getHttpApiRouteLogicalId(routeKey: string): string };
  getStage(): string;
  getRegion(): string;
  getAwsSdkV3Config(): Promise<Pick<CloudFormationClientConfig, 'region' | 'credentials'>>;
}

/** The parts of the framework that this plugin changes. */
interface FrameworkPlugin {
  getCreateChangeSetParams?: (options: { changeSetType: string }) => object;
  emptyS3Bucket?: () => Promise<void>;
}

/** As much of the framework as this plugin touches. */
interface Serverless {
  processedInput: { commands: string[] };
  service: VersionedService & { custom: { esbuild: { outputWorkFolder?: string } } };
  pluginManager: { plugins: FrameworkPlugin[] };
  getProvider(name: 'aws'): Provider;
}

/** What `sls package`, `sls deploy` and `sls remove` do more than the framework does. */
export class DeployPlugin {
  readonly hooks: Record<string, () => void | Promise<void>>;
  readonly #serverless: Serverless;
  #kept: KeptResource[] = [];

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.hooks = {
      // Before anything reads the resources, the laptop's plugin among it.
      initialize: () => {
        foldConditions(serverless.service.resources);
        finishRouteSettings(serverless.service.resources, this.#provider.naming);
        const [command = ''] = serverless.processedInput.commands;
        // The bundler empties its folder at the end: it must not be the one that a running stack lives in.
        if (['package', 'deploy'].includes(command))
          serverless.service.custom.esbuild.outputWorkFolder = '.esbuild/deploy';
      },
      'before:package:compileFunctions': () => aimAtAliases(serverless.service),
      'after:package:compileFunctions': () => pointAliases(serverless.service),
      'before:deploy:deploy': () => this.#takeOver(),
      'before:remove:remove': async () => {
        const held = await this.#held();
        this.#kept = keptResources(serverless.service.resources, held);
        this.#emptyWithFrameworks(held.get('PageBucket'));
      },
      'after:remove:remove': () => {
        const provider = this.#provider;
        process.stdout.write(keptText(this.#kept, provider.getStage(), provider.getRegion()));
      },
    };
  }

  get #provider(): Provider {
    return this.#serverless.getProvider('aws');
  }

  /**
   * Lets CloudFormation import what exists under a given name. The framework has no setting for it.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
   */
  #takeOver(): void {
    if (!takesOver(this.#serverless.service.resources)) return;
    for (const plugin of this.#serverless.pluginManager.plugins) {
      const parametersOf = plugin.getCreateChangeSetParams;
      if (!parametersOf) continue;
      plugin.getCreateChangeSetParams = (options) => ({
        ...parametersOf.call(plugin, options),
        ImportExistingResources: true,
      });
    }
  }

  /**
   * Empties a bucket after the framework has emptied its own, because CloudFormation can't delete a bucket with objects. The
   * framework refuses to remove a protected stage before this step.
   */
  #emptyWithFrameworks(bucket: string | undefined): void {
    if (bucket === undefined) return;
    for (const plugin of this.#serverless.pluginManager.plugins) {
      const emptyOwn = plugin.emptyS3Bucket;
      if (!emptyOwn) continue;
      plugin.emptyS3Bucket = async () => {
        await emptyOwn.call(plugin);
        const [{ S3Client }, { emptyBucket }] = await Promise.all([
          import('@aws-sdk/client-s3'),
          import('./empty-bucket.ts'),
        ]);
        await emptyBucket(new S3Client(await this.#provider.getAwsSdkV3Config()), bucket);
      };
    }
  }

  /** What the stack holds now: names in AWS by names in the template. */
  async #held(): Promise<Map<string, string>> {
    const { CloudFormationClient, paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
    const client = new CloudFormationClient(await this.#provider.getAwsSdkV3Config());
    const held = new Map<string, string>();
    const pages = paginateListStackResources({ client }, { StackName: this.#provider.naming.getStackName() });
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { LogicalResourceId: id, PhysicalResourceId: name } of StackResourceSummaries) {
        if (id && name) held.set(id, name);
      }
    }
    return held;
  }
}
