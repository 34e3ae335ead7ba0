import type {
  DescribeTimeToLiveInput,
  DescribeTimeToLiveOutput,
  UpdateTimeToLiveInput,
  UpdateTimeToLiveOutput,
} from '@aws-sdk/client-dynamodb';
import { validation } from '../errors.ts';
import type { State } from '../state.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
export const updateTimeToLive = (state: State, input: UpdateTimeToLiveInput): UpdateTimeToLiveOutput => {
  const table = state.table(input.TableName);
  const { AttributeName, Enabled } = input.TimeToLiveSpecification ?? {};
  if (!AttributeName || Enabled === undefined) throw validation('TimeToLiveSpecification must name an attribute');
  if (Enabled && table.ttlAttribute !== undefined) throw validation('TimeToLive is already enabled');
  if (!Enabled && table.ttlAttribute === undefined) throw validation('TimeToLive is already disabled');
  const attribute = Enabled ? AttributeName : undefined;
  table.setTtl(attribute);
  state.observer?.timeToLiveSet(table, attribute);
  return { TimeToLiveSpecification: { AttributeName, Enabled } };
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html */
export const describeTimeToLive = (state: State, input: DescribeTimeToLiveInput): DescribeTimeToLiveOutput => {
  const AttributeName = state.table(input.TableName).ttlAttribute;
  const TimeToLiveStatus = AttributeName === undefined ? 'DISABLED' : 'ENABLED';
  return { TimeToLiveDescription: { TimeToLiveStatus, ...(AttributeName !== undefined && { AttributeName }) } };
};
