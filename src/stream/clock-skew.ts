import type { DynamoDBRecord } from 'aws-lambda';
import { timeOfId } from '../thoughts/thought.ts';

/** Records have whole seconds, and hosts' clocks are some hundred milliseconds apart as a rule. */
const TOLERANCE_MS = 5_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A new thought whose id says a later time than the stream's record of it. */
export interface ClockSkew {
  id: string;
  aheadMs: number;
}

/**
 * Timelines rely on the times in ids: entries are complete from a time on, with a margin for clocks that differ. So a host
 * whose clock is ahead of the table's must be known before it reaches the margin.
 * @returns undefined when the clocks agree, and for records that are no new thought
 */
export const clockSkew = ({ eventName, dynamodb }: DynamoDBRecord): ClockSkew | undefined => {
  const { NewImage, ApproximateCreationDateTime: writtenAt } = dynamodb ?? {};
  const id = NewImage?.id?.S;
  if (eventName !== 'INSERT' || NewImage?.type?.S !== 'thought' || id === undefined || !writtenAt) return undefined;
  // The record's time is cut off: to the second by AWS, to the minute by DynamoDB Local.
  const isWholeMinute = (writtenAt * SECOND) % MINUTE === 0;
  const aheadMs = timeOfId(id) - (writtenAt * SECOND + (isWholeMinute ? MINUTE : SECOND));
  return aheadMs > TOLERANCE_MS ? { id, aheadMs } : undefined;
};
