import { DescribeTimeToLiveCommand, type DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { TableResource } from './create-table.ts';
import { Expired, sweepExpired } from './ttl-sweeper.ts';

const SWEEP_MS = 5_000;

/** Lets the engine itself remove what has expired, by the attribute that the table's resource names. */
export const enableTimeToLive = async (
  client: DynamoDBClient,
  { Properties }: TableResource,
  TableName: string,
): Promise<void> => {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  const TimeToLiveSpecification = Properties.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
};

/**
 * Removes expired items every few seconds, for an engine whose own time to live can't be used.
 * @returns what was removed, for the stream, and a function that ends the removing
 */
export const startSweeper = (client: DynamoDBClient, tableName: string, report: (message: string) => void) => {
  const expired = new Expired();
  const sweep = () =>
    sweepExpired(client, tableName, Date.now() / 1_000, expired).catch((error) =>
      report(`Expired items were not removed; the next attempt is in ${SWEEP_MS / 1_000} s: ${error}`),
    );
  const timer = setInterval(sweep, SWEEP_MS);
  return { expired, stop: async () => clearInterval(timer) };
};
