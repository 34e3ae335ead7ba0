import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { idsOf, PROBE_TEMPLATE } from '../probe-template.ts';
import { PROBES, type StreamProbe } from '../stream-probe.ts';

const SECONDS_FOR_A_STACK = 300;

/** The probe as a stack of its own. @param config where AWS is, when not where the environment says */
export const probeStack = async (config: CloudFormationClientConfig = {}): Promise<StreamProbe> => {
  const client = new CloudFormationClient(config);
  const logs = new CloudWatchLogsClient(config as object);
  const StackName = `conformance-${crypto.randomUUID()}`;
  const wait = { client, maxWaitTime: SECONDS_FOR_A_STACK };
  await client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify(PROBE_TEMPLATE),
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  const stop = async () => {
    await client.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete(wait, { StackName });
  };
  try {
    await waitUntilStackCreateComplete(wait, { StackName });
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    const nameOf = (id: string) =>
      StackResources.find(({ LogicalResourceId }) => LogicalResourceId === id)?.PhysicalResourceId ?? '';
    const tables = PROBES.map((name) => [name, nameOf(idsOf(name).table)]);
    return {
      tables: Object.fromEntries(tables) as StreamProbe['tables'],
      invocations: () => batchesIn(logs, nameOf('Log')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** What the function has noted in its log. */
const batchesIn = async (client: CloudWatchLogsClient, logGroupName: string): Promise<string[][]> => {
  const lines: { message: string; timestamp: number }[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
    for (const { message = '', timestamp = 0 } of events) lines.push({ message, timestamp });
  }
  lines.sort((a, b) => a.timestamp - b.timestamp);
  return lines.flatMap(({ message }) => {
    const [note] = /\{"probe":\[[^\]]*\]\}/.exec(message) ?? [];
    return note === undefined ? [] : [(JSON.parse(note) as { probe: string[] }).probe];
  });
};
