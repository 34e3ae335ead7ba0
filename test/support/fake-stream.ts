import type { StreamRecord } from '../../local/event-source-mapping/records.ts';
import type {
  IteratorOutcome,
  Position,
  ReadOutcome,
  Shard,
  StreamSource,
} from '../../local/event-source-mapping/stream-source.ts';

export const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:000000000000:table/test/stream/2026-01-02T03:04:05.000';

/** Longer than a JavaScript number holds, as the real ones are. */
const FIRST_SEQUENCE = 100_000_000_000_000_000_000n;

export interface FakeRecord {
  item: string;
  /** How many changes came before, in the whole stream. */
  at: number;
  type?: string;
  eventName?: StreamRecord['eventName'];
  text?: string;
}

/** A change of an item, as Lambda would hand it over. */
export const fakeRecord = ({ item, at, type = 'thought', eventName = 'INSERT', text = '' }: FakeRecord) => {
  const sequence = String(FIRST_SEQUENCE + BigInt(at));
  const image = { pk: { S: item }, type: { S: type }, at: { N: String(at) }, text: { S: text } };
  const record: StreamRecord = {
    eventID: `event-${at}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    eventSourceARN: STREAM_ARN,
    dynamodb: {
      ApproximateCreationDateTime: 1_767_323_045 + at,
      Keys: { pk: { S: item } },
      ...(eventName === 'REMOVE' ? { OldImage: image } : { NewImage: image }),
      SequenceNumber: sequence,
      SizeBytes: 10,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
  return record;
};

export const sequenceOf = (record: StreamRecord): string => record.dynamodb.SequenceNumber;
export const itemOf = (record: StreamRecord): string => (record.dynamodb.Keys.pk as { S: string }).S;
/** The `at` of a record. */
export const placeOf = (record: StreamRecord): number => Number(BigInt(sequenceOf(record)) - FIRST_SEQUENCE);

const placeIn = (records: StreamRecord[], position: Position): number =>
  records.findIndex((record) => 'sequenceNumber' in position && sequenceOf(record) === position.sequenceNumber);

interface FakeShard extends Shard {
  records: StreamRecord[];
  isClosed: boolean;
  /** How many of the oldest records are gone. */
  trimmed: number;
}

/** A stream in memory, with splits, trimming, expiring iterators and faults. */
export class FakeStream implements StreamSource {
  readonly arn = STREAM_ARN;
  readonly #shards = new Map<string, FakeShard>();
  readonly positions: { shard: string; position: Position }[] = [];
  /** How many of the next calls fail. */
  failing = { reads: 0, iterators: 0, listings: 0 };
  pageSize = 1_000;
  #count = 0;
  #generation = 0;

  addShard(id: string, parent?: string): void {
    this.#shards.set(id, { id, parent, records: [], isClosed: false, trimmed: 0 });
  }

  put(shard: string, change: Omit<FakeRecord, 'at'>): StreamRecord {
    const record = fakeRecord({ ...change, at: this.#count++ });
    this.#shard(shard).records.push(record);
    return record;
  }

  close(shard: string): void {
    this.#shard(shard).isClosed = true;
  }

  /** Loses all but the youngest records. */
  trim(shard: string, kept: number): void {
    this.#shard(shard).trimmed = this.#shard(shard).records.length - kept;
  }

  forget(shard: string): void {
    this.#shards.delete(shard);
  }

  /** Every iterator that was handed out so far is of no use any more. */
  expireIterators(): void {
    this.#generation++;
  }

  async shards(): Promise<Shard[]> {
    this.#fail('listings');
    return [...this.#shards.values()].map(({ id, parent }) => ({ id, parent }));
  }

  async iterator(id: string, position: Position): Promise<IteratorOutcome> {
    this.#fail('iterators');
    this.positions.push({ shard: id, position });
    const { records, trimmed } = this.#shard(id);
    const places = {
      TRIM_HORIZON: () => trimmed,
      LATEST: () => records.length,
      at: () => placeIn(records, position),
      after: () => placeIn(records, position) + 1,
    };
    const place = places[position.kind]();
    return place < trimmed ? { kind: 'trimmed' } : { kind: 'iterator', iterator: `${id}/${place}/${this.#generation}` };
  }

  async read(iterator: string): Promise<ReadOutcome> {
    this.#fail('reads');
    const [id = '', place, generation] = iterator.split('/');
    const shard = this.#shard(id);
    const from = Number(place);
    if (Number(generation) !== this.#generation) return { kind: 'expired' };
    if (from < shard.trimmed) return { kind: 'trimmed' };
    const records = shard.records.slice(from, from + this.pageSize);
    const end = from + records.length;
    const isOver = shard.isClosed && end === shard.records.length;
    return { kind: 'records', records, next: isOver ? undefined : `${id}/${end}/${generation}` };
  }

  #shard(id: string): FakeShard {
    const shard = this.#shards.get(id);
    if (!shard) throw new Error(`ResourceNotFoundException: ${id}`);
    return shard;
  }

  #fail(call: 'reads' | 'iterators' | 'listings'): void {
    if (this.failing[call] <= 0) return;
    this.failing[call]--;
    throw new Error(`InternalServerError of ${call}`);
  }
}
