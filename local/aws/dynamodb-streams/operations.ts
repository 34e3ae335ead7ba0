import type {
  DescribeStreamInput,
  DescribeStreamOutput,
  GetRecordsInput,
  GetShardIteratorInput,
  ListStreamsInput,
  ListStreamsOutput,
} from '@aws-sdk/client-dynamodb-streams';
import { invalid, shardNotFound, trimmed } from './errors.ts';
import { iteratorText, readIterator } from './iterators.ts';
import { type Streams, sequenceNumber, sequenceOf } from './streams.ts';
import type { Shard, TableStream } from './table-stream.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html */
const PAGE = 100;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const MAX_RECORDS = 1_000;
const MAX_SIZE = 1024 * 1024;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html */
export const listStreams = (streams: Streams, input: ListStreamsInput): ListStreamsOutput => {
  const { TableName, ExclusiveStartStreamArn: start = '', Limit = PAGE } = input;
  const found = streams.all
    .map(({ identity }) => identity)
    .filter(({ arn, tableName }) => arn > start && (TableName === undefined || tableName === TableName))
    .sort((a, b) => (a.arn < b.arn ? -1 : 1));
  const page = found.slice(0, Limit);
  const last = page.at(-1);
  return {
    Streams: page.map(({ arn, tableName, label }) => ({ StreamArn: arn, TableName: tableName, StreamLabel: label })),
    ...(found.length > Limit && last && { LastEvaluatedStreamArn: last.arn }),
  };
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html */
export const describeStream = (streams: Streams, input: DescribeStreamInput, now: number): DescribeStreamOutput => {
  streams.trim(now);
  const { identity, progress } = streams.stream(input.StreamArn ?? '');
  const { ExclusiveStartShardId: start, Limit = PAGE } = input;
  const from = start === undefined ? 0 : progress.shards.findIndex(({ id }) => id > start);
  const rest = from === -1 ? [] : progress.shards.slice(from);
  const page = rest.slice(0, Limit);
  const last = page.at(-1);
  return {
    StreamDescription: {
      StreamArn: identity.arn,
      StreamLabel: identity.label,
      StreamStatus: progress.endedAt === undefined ? 'ENABLED' : 'DISABLED',
      StreamViewType: identity.viewType,
      CreationRequestDateTime: new Date(identity.createdAt),
      TableName: identity.tableName,
      KeySchema: structuredClone(identity.keySchema),
      Shards: page.map(shardOf),
      ...(rest.length > Limit && last && { LastEvaluatedShardId: last.id }),
    },
  };
};

const shardOf = ({ id, parent, first, last }: Shard) => ({
  ShardId: id,
  SequenceNumberRange: {
    StartingSequenceNumber: sequenceNumber(first),
    ...(last !== undefined && { EndingSequenceNumber: sequenceNumber(last) }),
  },
  ...(parent !== undefined && { ParentShardId: parent }),
});

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
export const getShardIterator = (streams: Streams, input: GetShardIteratorInput, now: number) => {
  streams.trim(now);
  const stream = streams.stream(input.StreamArn ?? '');
  const shard = stream.shard(input.ShardId ?? '');
  if (!shard) throw shardNotFound(input.StreamArn ?? '', input.ShardId ?? '');
  const next = startOf(streams, stream, shard, input);
  return { ShardIterator: iteratorText({ arn: stream.identity.arn, shard: shard.id, next, at: now }) };
};

const startOf = (streams: Streams, stream: TableStream, shard: Shard, input: GetShardIteratorInput): number => {
  const { ShardIteratorType: type, SequenceNumber: number } = input;
  const isNamed = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
  if (!isNamed) {
    if (number !== undefined) throw invalid(`SequenceNumber must not be given with ShardIteratorType ${type}`);
    const end = (shard.last ?? streams.sequence) + 1;
    return type === 'LATEST' ? end : stream.horizon(shard);
  }
  if (number === undefined) throw invalid(`SequenceNumber is needed with ShardIteratorType ${type}`);
  const sequence = sequenceOf(number);
  if (sequence === undefined || sequence < shard.first || sequence > (shard.last ?? streams.sequence)) {
    throw invalid(`Invalid SequenceNumber: ${number} is not in ${shard.id}`);
  }
  const next = type === 'AT_SEQUENCE_NUMBER' ? sequence : sequence + 1;
  // After the last record that was dropped, nothing is missing.
  if (next < stream.horizon(shard)) throw trimmed();
  return next;
};

/**
 * Records as JSON, up to 1,000 or 1 MB. At the end of a closed shard there is no next iterator.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 * @returns the answer's JSON
 */
export const getRecordsJson = (streams: Streams, input: GetRecordsInput, now: number): string => {
  streams.trim(now);
  const { arn, shard: id, next } = readIterator(input.ShardIterator ?? '', now);
  const stream = streams.stream(arn);
  const shard = stream.shard(id);
  if (!shard || next < stream.horizon(shard)) throw trimmed();
  const { Limit = MAX_RECORDS } = input;
  const records: string[] = [];
  let [size, end] = [0, next];
  let isMore = false;
  for (const { sequence, json } of stream.records.from(next)) {
    if (shard.last !== undefined && sequence > shard.last) break;
    isMore = records.length >= Limit || (records.length > 0 && size + json.length > MAX_SIZE);
    if (isMore) break;
    records.push(json);
    size += json.length;
    end = sequence + 1;
  }
  const isOver = shard.last !== undefined && !isMore;
  const following = isOver
    ? ''
    : `,"NextShardIterator":${JSON.stringify(iteratorText({ arn, shard: id, next: end, at: now }))}`;
  return `{"Records":[${records.join(',')}]${following}}`;
};
