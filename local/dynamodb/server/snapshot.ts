import type { DynamoDbEngine } from '../../aws/dynamodb/engine.ts';
import type { Streams } from '../../aws/dynamodb-streams/streams.ts';
import type { Entry } from './log-entries.ts';

/** Items or records in one line. */
const PER_LINE = 100;

/** The whole state, as the entries that a log begins with when it is written anew. */
export function* snapshot(
  engine: DynamoDbEngine,
  streams: Streams,
  created: ReadonlyMap<string, Entry>,
): Generator<Entry> {
  for (const { schema, items, ttlAttribute } of engine.contents()) {
    const table = schema.name;
    const entry = created.get(table);
    if (entry) yield entry;
    for (const part of parts(items)) yield { kind: 'items', table, items: part.map(({ attributes }) => attributes) };
    if (ttlAttribute !== undefined) yield { kind: 'time to live', table, attribute: ttlAttribute };
  }
  for (const { identity, progress, records } of streams.all) {
    yield { kind: 'stream', identity, progress };
    for (const part of parts(records.from(0))) yield { kind: 'records', stream: identity.arn, records: part };
  }
  yield { kind: 'sequence', sequence: streams.sequence };
  for (const [token, { repeatUnits, ...done }] of engine.transactions) {
    yield { kind: 'transaction', transaction: { token, ...done, repeatUnits: [...repeatUnits] } };
  }
}

function* parts<T>(all: Iterable<T>): Generator<T[]> {
  let part: T[] = [];
  for (const one of all) {
    part.push(one);
    if (part.length < PER_LINE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
