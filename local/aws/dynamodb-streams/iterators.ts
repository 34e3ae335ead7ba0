import { expiredIterator, invalid } from './errors.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
const LIFE_MS = 15 * 60_000;

/** Where a reader stands. It names the next record and not a place in memory, so that it outlives a restart. */
export interface Iterator {
  arn: string;
  shard: string;
  /** The sequence of the first record to read. */
  next: number;
  /** When it was given, in milliseconds since 1970. */
  at: number;
}

/** The iterator as the text that a reader hands back: to the reader it means nothing. */
export const iteratorText = ({ arn, shard, next, at }: Iterator): string =>
  `${arn}|1|${Buffer.from(JSON.stringify([shard, next, at])).toString('base64')}`;

/** @throws ValidationException for what is no iterator, ExpiredIteratorException for one of more than 15 minutes ago */
export const readIterator = (text: string, now: number): Iterator => {
  const [arn, version, place, ...more] = text.split('|');
  const parts = place && more.length === 0 && version === '1' ? parse(place) : undefined;
  if (!arn || !parts) throw invalid('Invalid ShardIterator');
  const [shard, next, at] = parts;
  if (at + LIFE_MS < now) throw expiredIterator();
  return { arn, shard, next, at };
};

const parse = (place: string): [string, number, number] | undefined => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(place, 'base64').toString());
    if (!Array.isArray(parts) || parts.length !== 3) return undefined;
    const [shard, next, at] = parts;
    return typeof shard === 'string' && Number.isSafeInteger(next) && Number.isFinite(at)
      ? [shard, next, at]
      : undefined;
  } catch {
    return undefined;
  }
};
