import { readFileSync, writeFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, Option } from 'commander';
import { GatewaySockets } from '../../src/push/sockets.ts';
import { runningStack } from '../support/api.ts';
import { stackOutput } from '../support/aws-stack.ts';
import { CHECKS, type Target } from './checks.ts';
import { TARGETS, type TargetName, withResults } from './report.ts';

const FILE = new URL('../../docs/conformance.md', import.meta.url);
const TABLE = /\| rule \|[\s\S]*?\n\n|\| rule \|[\s\S]*$/;

interface Options {
  target: TargetName;
  stage: string;
  state?: string;
  write?: boolean;
}

/** A stack of this machine, or a stage on AWS. */
const open = async ({ target, stage, state }: Options): Promise<Target> => {
  if (target === 'aws') {
    const socket = (await stackOutput(stage, 'ServiceEndpointWebsocket')).replace('wss:', 'https:');
    const http = await stackOutput(stage, 'HttpApiUrl');
    return { dynamodb: new DynamoDBClient({}), sockets: new GatewaySockets({ endpoint: socket }), http };
  }
  const { dynamodb, management, http } = runningStack(state);
  const access =
    target === 'emulator'
      ? { region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
      : { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return {
    dynamodb: new DynamoDBClient({ ...access, endpoint: dynamodb }),
    sockets: new GatewaySockets({ ...access, endpoint: management }),
    http,
  };
};

new Command('conformance')
  .description(
    'Holds what we rely on against AWS, or against what stands in for it; ends with 1 if a rule does not hold',
  )
  .addOption(new Option('--target <target>', 'where').choices(TARGETS).makeOptionMandatory())
  .option('--stage <stage>', 'on AWS: which stage', 'dev')
  .option('--state <file>', "where a stack's addresses are, if it is not the one that runs here")
  .option('--write', 'note the results in docs/conformance.md')
  .action(async (options: Options) => {
    const target = await open(options);
    const today = new Date().toISOString().slice(0, 10);
    const results = new Map<string, string>();
    for (const { rule, run } of CHECKS) {
      const found = await run(target).catch((error: Error) => error.message);
      results.set(rule, found === undefined ? `holds, ${today}` : `**${found}**, ${today}`);
      process.stdout.write(
        `${found === undefined ? 'yes' : 'NO '}  ${rule}${found === undefined ? '' : `: ${found}`}\n`,
      );
      if (found !== undefined) process.exitCode = 1;
    }
    if (!options.write) return;
    const text = readFileSync(FILE, 'utf8');
    const [before = ''] = TABLE.exec(text) ?? [];
    writeFileSync(FILE, text.replace(TABLE, `${withResults(before, options.target, results)}\n`));
  })
  .parseAsync();
