import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { serverlessCommand } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { CREDENTIALS, type Emulator, REGION } from './emulator.ts';

export type Parameters = Record<string, string>;

const ROOT = new URL('../..', import.meta.url);
const OUTPUT_LIMIT = 32 * 1024 * 1024;

/** Runs the framework's own command line. @throws Error with all that it wrote, when it fails */
export const runServerless = async (
  args: string[],
  environment: Record<string, string | undefined> = process.env,
): Promise<string> => {
  const options = { cwd: ROOT, env: environment, maxBuffer: OUTPUT_LIMIT };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [serverlessCommand(), ...args], options);
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`sls ${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
};

/** Parameters as the command line takes them. */
export const parameterArguments = (parameters: Parameters): string[] =>
  Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);

/** One stage of this service on an emulator. */
export class Deployment {
  readonly #emulator: Emulator;
  readonly #stage: string;
  readonly #parameters: Parameters;

  constructor(emulator: Emulator, stage: string, parameters: Parameters) {
    this.#emulator = emulator;
    this.#stage = stage;
    // There every API answers below the emulator's own address.
    const pushUrl = `${emulator.endpoint}/_aws/execute-api/\${WebsocketsApi}`;
    this.#parameters = { pushUrl, ...parameters };
  }

  deploy(): Promise<string> {
    return this.#serverless('deploy', parameterArguments(this.#parameters));
  }

  remove(): Promise<string> {
    return this.#serverless('remove', parameterArguments(this.#parameters));
  }

  /** What the stack says of itself; nothing when there is none. */
  async outputs(): Promise<Map<string, string>> {
    const client = new CloudFormationClient(this.clientOptions);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: `deep-thoughts-${this.#stage}` }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  }

  /** Where its parts are, as tests and tools want to know it. @param issuer the URL of who gives out tokens */
  async stack(issuer: string): Promise<Stack> {
    const outputs = await this.outputs();
    const { endpoint, pid } = this.#emulator;
    const apiAt = (id: string, stage: string) => `${endpoint}/_aws/execute-api/${id}/${stage}`;
    const [websocketId = ''] = new URL(outputs.get('ServiceEndpointWebsocket') ?? '').host.split('.');
    const management = apiAt(websocketId, this.#stage);
    return {
      pid,
      page: outputs.get('PageUrl') ?? '',
      http: apiAt(outputs.get('HttpApiId') ?? '', '$default'),
      websocket: management.replace('http:', 'ws:'),
      management,
      issuer,
      dynamodb: endpoint,
      s3: endpoint,
      lambda: endpoint,
      table: outputs.get('TableName') ?? '',
      streamArn: '',
    };
  }

  /** For the SDK's clients. */
  get clientOptions() {
    return { endpoint: this.#emulator.endpoint, region: REGION, credentials: CREDENTIALS };
  }

  /** For a process that shall find this AWS and no other. */
  get environment(): Record<string, string | undefined> {
    return {
      ...process.env,
      AWS_ENDPOINT_URL: this.#emulator.endpoint,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: REGION,
    };
  }

  #serverless(command: string, args: string[]): Promise<string> {
    return runServerless([command, '--stage', this.#stage, '--region', REGION, ...args], this.environment);
  }
}
