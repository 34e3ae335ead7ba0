import type { Names } from './cloudformation.ts';
import type { Options, Serverless } from './types.ts';

export const OPTIONS = {
  dynamodbPort: { type: 'string', usage: 'Port of the tables (default: 8000)' },
  dynamodbEndpoint: { type: 'string', usage: 'A DynamoDB that runs already, with streams' },
  websocketPort: { type: 'string', usage: 'Port of the WebSocket API (default: 3001)' },
  dataDir: { type: 'string', usage: 'Keep the tables in this folder; in memory when left out' },
  destinationsDir: {
    type: 'string',
    usage: 'Where messages to queues and topics about given-up records go (default: dataDir)',
  },
  pollMs: {
    type: 'string',
    usage: 'Ask the streams so often, as AWS does every 250 ms (default: when they have records)',
  },
  inspectFunction: { type: 'string', usage: 'A function that waits for a debugger at 127.0.0.1:9229' },
} as const;

export interface Settings extends Omit<Options, 'dynamodbPort' | 'websocketPort' | 'pollMs'> {
  dynamodbPort: number;
  websocketPort: number;
  pollMs: number | undefined;
  stage: string;
  region: string;
}

/** The command line overrides serverless.yml, and serverless.yml overrides serverless-offline's settings. */
export const readSettings = (
  { service: { provider, custom = {} } }: Serverless,
  commandLine: Options & { stage?: string; region?: string },
  machine: Record<string, string | undefined>,
): Settings => {
  const own = (custom.streamsAndSockets ?? {}) as Options;
  const offline = (custom['serverless-offline'] ?? {}) as Options;
  const given = Object.fromEntries(Object.entries(commandLine).filter(([, value]) => value !== undefined)) as Options;
  const merged = { ...own, ...given };
  return {
    ...merged,
    dynamodbPort: Number(merged.dynamodbPort ?? 8_000),
    dynamodbEndpoint: merged.dynamodbEndpoint ?? machine.AWS_ENDPOINT_URL_DYNAMODB,
    websocketPort: Number(merged.websocketPort ?? offline.websocketPort ?? 3_001),
    pollMs: merged.pollMs === undefined ? undefined : Number(merged.pollMs),
    stage: commandLine.stage ?? provider.stage ?? 'dev',
    region: commandLine.region ?? provider.region ?? 'us-east-1',
  };
};

/** The invented account number. */
const ACCOUNT = '000000000000';

/** Values that stand for those of a deployment. */
export const pseudoParameters = (service: string, { stage, region }: Settings): Names => ({
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::StackName': `${service}-${stage}`,
  'AWS::URLSuffix': 'amazonaws.com',
  WebsocketsApi: 'local',
});

export const tableNames = (tables: { logicalId: string; name: string }[], region: string): Names =>
  Object.fromEntries(
    tables.flatMap(({ logicalId, name }) => {
      const arn = `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;
      return [
        [logicalId, name],
        [`${logicalId}.Arn`, arn],
        [`${logicalId}.StreamArn`, `${arn}/stream/local`],
      ];
    }),
  );
