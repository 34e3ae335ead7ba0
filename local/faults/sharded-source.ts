import { createHash } from 'node:crypto';
import type { StreamRecord } from '../event-source-mapping/records.ts';
import type {
  IteratorOutcome,
  Position,
  ReadOutcome,
  Shard,
  StreamSource,
} from '../event-source-mapping/stream-source.ts';

/** Presents an engine's one shard as several open shards, split by partition key, as DynamoDB has them. */
export class ShardedSource implements StreamSource {
  readonly arn: string;
  readonly #source: StreamSource;
  readonly #count: number;
  #real = '';

  constructor(source: StreamSource, count: number) {
    this.#source = source;
    this.#count = count;
    this.arn = source.arn;
  }

  async shards(): Promise<Shard[]> {
    const [real] = await this.#source.shards();
    this.#real = real?.id ?? '';
    return Array.from({ length: this.#count }, (_, at) => ({ id: `${this.#real}-${at}` }));
  }

  async iterator(shard: string, position: Position): Promise<IteratorOutcome> {
    const at = shard.slice(shard.lastIndexOf('-') + 1);
    const outcome = await this.#source.iterator(this.#real, position);
    return outcome.kind === 'iterator' ? { kind: 'iterator', iterator: `${at}|${outcome.iterator}` } : outcome;
  }

  async read(iterator: string): Promise<ReadOutcome> {
    const bar = iterator.indexOf('|');
    const at = iterator.slice(0, bar);
    const outcome = await this.#source.read(iterator.slice(bar + 1));
    if (outcome.kind !== 'records') return outcome;
    const records = outcome.records.filter((record) => this.#shardOf(record) === Number(at));
    return { kind: 'records', records, next: outcome.next && `${at}|${outcome.next}` };
  }

  #shardOf({ dynamodb }: StreamRecord): number {
    const [partition] = Object.values(dynamodb.Keys);
    return createHash('md5').update(JSON.stringify(partition)).digest().readUInt32BE() % this.#count;
  }
}
