import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteRolePolicyCommand, GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, Issuer } from '../../local/issuer.ts';
import type { Stack } from '../../local/stack.ts';
import type { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { CheckedApi } from '../support/checked-api.ts';
import { idsOf, isListed, Listener, newUser, newUsers } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { Deployment } from './deployment.ts';
import { Emulator } from './emulator.ts';
import { pythonOfTests } from './python.ts';

/** A push is tried again for as long as its invocation may last. */
const KEPT = ['Table', 'FailureBucket', 'ImageBucket'];
const GIVEN_UP_MS = 60_000;

/** Each test goes on from where the one before it has left the stack. */
describe('A stage', () => {
  let emulator: Emulator;
  let issuer: Issuer;
  let deployment: Deployment;
  let stack: Stack;
  let alice: Api;
  let kept: Map<string, string>;

  const parameters = () => ({
    issuerUrl: issuer.url,
    audience: AUDIENCE,
    trafficShift: 'LambdaCanary10Percent5Minutes',
  });

  beforeAll(async () => {
    issuer = await Issuer.start(0);
    emulator = await Emulator.start(pythonOfTests());
    deployment = new Deployment(emulator, 'life', parameters());
    await deployment.deploy();
    stack = await deployment.stack(issuer.url);
    alice = await newUser(stack, 'alice');
  });

  afterAll(async () => {
    await emulator?.stop();
    await issuer?.stop();
  });

  const cloudFormation = () => new CloudFormationClient(deployment.clientOptions);

  const resources = async (): Promise<Map<string, string>> => {
    const command = new DescribeStackResourcesCommand({ StackName: 'deep-thoughts-life' });
    const { StackResources = [] } = await cloudFormation().send(command);
    return new Map(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  };

  const readKept = async (name: string) => {
    const client = new DynamoDBClient(deployment.clientOptions);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return Table && { items: Table.ItemCount };
  };

  const eventsOf = async (id: string): Promise<string[]> => {
    const pages = paginateDescribeStackEvents({ client: cloudFormation() }, { StackName: 'deep-thoughts-life' });
    const found: string[] = [];
    for await (const { StackEvents = [] } of pages) {
      found.push(
        ...StackEvents.flatMap((event) => (event.LogicalResourceId === id ? (event.ResourceStatus ?? []) : [])),
      );
    }
    return found;
  };

  const lastUpdate = async (): Promise<string | undefined> => {
    const { Stacks } = await cloudFormation().send(new DescribeStacksCommand({ StackName: 'deep-thoughts-life' }));
    return Stacks?.[0]?.LastUpdatedTime?.toISOString();
  };

  const logOf = async (functionName: string): Promise<string> => {
    const client = new CloudWatchLogsClient(deployment.clientOptions);
    const logGroupName = `/aws/lambda/deep-thoughts-life-${functionName}`;
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName }));
    return events.map(({ message }) => message).join('\n');
  };

  /** The versions of http, websocket and stream that their events invoke. */
  const liveVersions = (): Promise<(string | undefined)[]> => {
    const client = new LambdaClient(deployment.clientOptions);
    const versions = ['http', 'websocket', 'stream'].map(async (name) => {
      const command = new GetAliasCommand({ FunctionName: `deep-thoughts-life-${name}`, Name: 'live' });
      return (await client.send(command)).FunctionVersion;
    });
    return Promise.all(versions);
  };

  /** Runs something while a role lacks one of its policies. */
  const without = async (roleOf: string, policy: string, act: () => Promise<void>): Promise<void> => {
    const client = new IAMClient(deployment.clientOptions);
    const name = { RoleName: (await resources()).get(roleOf) ?? '', PolicyName: policy };
    const { PolicyDocument = '' } = await client.send(new GetRolePolicyCommand(name));
    await client.send(new DeleteRolePolicyCommand(name));
    try {
      await act();
    } finally {
      await client.send(new PutRolePolicyCommand({ ...name, PolicyDocument: decodeURIComponent(PolicyDocument) }));
    }
  };

  it('that is deployed again does not change', async () => {
    const [before, updatedAt] = [await resources(), await lastUpdate()];
    expect(await deployment.deploy()).toContain('No changes to deploy');
    expect(await resources()).toEqual(before);
    expect(await lastUpdate()).toEqual(updatedAt);
  });

  it('that is deployed with another setting gets new versions, and its events invoke them', async () => {
    expect(await liveVersions()).toEqual(['1', '1', '1']);
    deployment = new Deployment(emulator, 'life', { ...parameters(), tracing: 'true' });
    await deployment.deploy();
    expect(await liveVersions()).toEqual(['2', '2', '2']);
    const { id } = (await alice.post('by the second version')).body;
    await isListed(alice, '/timeline', id);
  });

  it("answers the table's tool by its stage", async () => {
    const program = fileURLToPath(new URL('../../tools/table/index.ts', import.meta.url));
    const args = [program, '--aws', '--stage', 'life', 'audit'];
    const { stderr } = await promisify(execFile)(process.execPath, args, { env: deployment.environment });
    expect(stderr).toMatch(/^[1-9]\d* items, 0 findings$/m);
  });

  it('answers requests with 500 and keeps its connections open when a role may not read the table', async () => {
    const listener = await Listener.start(alice);
    await without('HttpRole', 'table', async () => {
      expect((await alice.request('GET', '/timeline')).status).toBe(500);
      await listener.client.subscribe('all');
    });
    expect((await alice.request('GET', '/timeline')).status).toBe(200);
  });

  it('writes one line of metrics for each batch of the stream', async () => {
    const { id } = (await alice.post('counted')).body;
    await isListed(alice, '/thoughts', id);
    await waitFor('the batch to end', async () => (await logOf('stream')).includes('REPORT'));
    const lines = (await logOf('stream')).split('\n').filter((line) => line.includes('CloudWatchMetrics'));
    const batches = (await logOf('stream')).split('\n').filter((line) => line.startsWith('REPORT'));
    expect(lines).toHaveLength(batches.length);
    const [first = '{}'] = lines;
    expect(JSON.parse(first)).toMatchObject({
      service: 'deep-thoughts-life',
      Records: expect.any(Number),
      ColdStart: 1,
    });
  });

  it('lists thoughts and pushes none when the stream function may not use @connections', async () => {
    const [bob] = await newUsers(stack, 'bob');
    await bob.follow(alice.username);
    // The client would notice the hole, and ask for what it missed.
    const socket = await RawSocket.open(stack, bob);
    await without('StreamRole', 'sockets', async () => {
      const { id } = (await alice.post('not heard')).body;
      await isListed(bob, '/timeline', id);
      await waitFor('the push to be given up', async () => /"missed":[12]/.test(await logOf('stream')), GIVEN_UP_MS);
      expect(socket.events, await logOf('stream')).toEqual([]);
    });
    await socket.hears((await alice.post('heard')).body.id);
  });

  it('keeps the table, buckets and user pool when it is removed, and says how to take them over', async () => {
    const before = await resources();
    const page = { Bucket: before.get('PageBucket') ?? '' };
    const buckets = new S3Client(deployment.clientOptions);
    await buckets.send(new PutObjectCommand({ ...page, Key: 'index.html', Body: 'the page' }));
    const output = await deployment.remove();
    await expect(deployment.outputs()).rejects.toThrow('does not exist');
    for (const name of KEPT) expect(output).toContain(before.get(name));
    await expect(buckets.send(new HeadBucketCommand(page))).rejects.toThrow();
    const { items } = (await readKept(before.get('Table') ?? '')) ?? {};
    expect(items).toBeGreaterThan(0);
    kept = before;
  });

  it('takes over what was kept when it is deployed again after a removal', async () => {
    // The table alone: the emulator refuses a bucket's name before it looks whether to import it.
    deployment = new Deployment(emulator, 'life', { ...parameters(), tableName: kept.get('Table') ?? '' });
    await deployment.deploy();
    stack = await deployment.stack(issuer.url);
    expect(await eventsOf('Table')).toContain('IMPORT_COMPLETE');
    const again = await CheckedApi.login(stack, alice.username);
    expect(await idsOf(again, `/users/${alice.username}/thoughts`)).toHaveLength(4);
    const { id } = (await again.post('and on')).body;
    await isListed(again, '/timeline', id);
  });
});
