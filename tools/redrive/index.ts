import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { Command } from 'commander';
import { FAILURE_BUCKET } from '../../local/stack.ts';
import { runningStack } from '../support/api.ts';
import { stackOutput } from '../support/aws-stack.ts';
import { progressBar } from '../table/progress.ts';
import { Failures } from './failures.ts';

interface CommonOptions {
  aws?: boolean;
  stage: string;
  bucket?: string;
  state?: string;
}

const program = new Command('redrive')
  .description('What the stream could not process: looks at it, and runs it again')
  .option('--aws', 'on AWS')
  .option('--stage <stage>', 'which stage', 'dev')
  .option('--bucket <name>', 'another bucket than the stage has')
  .option('--state <file>', 'the stack to use')
  .showHelpAfterError();

const failures = async (): Promise<Failures> => {
  const { aws, stage, bucket, state } = program.opts<CommonOptions>();
  const functionName = `deep-thoughts-${stage}-stream`;
  if (aws) {
    const name = bucket ?? (await stackOutput(stage, 'FailureBucket'));
    return new Failures(new S3Client({}), new LambdaClient({}), name, functionName);
  }
  const stack = runningStack(state);
  const local = { region: 'local', credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } };
  return new Failures(
    new S3Client({ ...local, endpoint: stack.s3 }),
    new LambdaClient({ ...local, endpoint: stack.lambda }),
    bucket ?? FAILURE_BUCKET,
    functionName,
  );
};

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

program
  .command('list')
  .description('one line each, the oldest first')
  .action(async () => {
    for (const { at, kind, key } of await (await failures()).list())
      print(`${at.toISOString()}  ${kind.padEnd(6)}  ${key}`);
  });

program
  .command('show <key>')
  .description('why it failed, and its records whole')
  .action(async (key: string) => {
    const { reason, records } = await (await failures()).read(key);
    print(reason);
    for (const record of records) print(JSON.stringify(record, null, 2));
  });

program
  .command('replay [keys...]')
  .description('run these again, or everything; what succeeds is taken away')
  .option('--all', 'everything that `list` shows')
  .action(async (keys: string[], { all }: { all?: boolean }) => {
    if (keys.length === 0 && !all) program.error('Name some keys, or say --all');
    const here = await failures();
    const chosen = all ? (await here.list()).map(({ key }) => key) : keys;
    const progress = progressBar(performance.now());
    const failed: string[] = [];
    for (const [at, key] of chosen.entries()) {
      const outcome = await here.redrive(key);
      if (outcome.kind === 'failed') failed.push(`${key}: ${outcome.reason}`);
      progress(at + 1, chosen.length);
    }
    for (const line of failed) print(line);
    print(`${chosen.length - failed.length} done, ${failed.length} failed again`);
    if (failed.length > 0) process.exitCode = 1;
  });

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
