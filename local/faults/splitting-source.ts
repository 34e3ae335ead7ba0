import type {
  IteratorOutcome,
  Position,
  ReadOutcome,
  Shard,
  StreamSource,
} from '../event-source-mapping/stream-source.ts';

const FIRST = 1;

/**
 * DynamoDB Local has one shard that never ends. This shows it as a chain of shards, each closed after so many records
 * and the parent of the next, as DynamoDB's are after some hours.
 */
export class SplittingSource implements StreamSource {
  readonly arn: string;
  readonly #source: StreamSource;
  readonly #every: number;
  /** The last sequence number of each closed part, in order. */
  readonly #ends: string[] = [];
  readonly #counts: number[] = [0];
  #real = '';

  constructor(source: StreamSource, every: number) {
    this.#source = source;
    this.#every = every;
    this.arn = source.arn;
  }

  /** How often it was split. */
  get splits(): number {
    return this.#ends.length;
  }

  async shards(): Promise<Shard[]> {
    const [real] = await this.#source.shards();
    this.#real = real?.id ?? '';
    return Array.from({ length: this.#ends.length + FIRST }, (_, part) => ({
      id: this.#name(part),
      ...(part > 0 && { parent: this.#name(part - 1) }),
    }));
  }

  async iterator(shard: string, position: Position): Promise<IteratorOutcome> {
    const part = this.#part(shard);
    const start = this.#ends[part - 1];
    const from: Position =
      !('sequenceNumber' in position) && start ? { kind: 'after', sequenceNumber: start } : position;
    const outcome = await this.#source.iterator(this.#real, from);
    return outcome.kind === 'iterator' ? { kind: 'iterator', iterator: `${part}|${outcome.iterator}` } : outcome;
  }

  async read(iterator: string): Promise<ReadOutcome> {
    const at = iterator.indexOf('|');
    const part = Number(iterator.slice(0, at));
    const outcome = await this.#source.read(iterator.slice(at + 1));
    if (outcome.kind !== 'records') return outcome;
    const end = this.#ends[part];
    if (end !== undefined) {
      // A closed part read again gives what is its own, and no more.
      const own = outcome.records.filter(({ dynamodb }) => BigInt(dynamodb.SequenceNumber) <= BigInt(end));
      const isOver = own.length < outcome.records.length || own.at(-1)?.dynamodb.SequenceNumber === end;
      return { kind: 'records', records: own, next: isOver ? undefined : `${part}|${outcome.next}` };
    }
    const count = (this.#counts[part] ?? 0) + outcome.records.length;
    this.#counts[part] = count;
    const last = outcome.records.at(-1);
    if (count < this.#every || !last) return { ...outcome, next: outcome.next && `${part}|${outcome.next}` };
    this.#ends.push(last.dynamodb.SequenceNumber);
    return { kind: 'records', records: outcome.records };
  }

  #name(part: number): string {
    return `${this.#real}-part-${String(part).padStart(4, '0')}`;
  }

  #part(shard: string): number {
    return Number(shard.slice(shard.lastIndexOf('-') + 1));
  }
}
