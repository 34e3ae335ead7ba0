import { Api } from '../../local/dynamodb/server/api.ts';
import { Database, type DatabaseOptions } from '../../local/dynamodb/server/database.ts';

export const TABLE = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

export interface Answer {
  status: number;
  body: Record<string, unknown> & { __type?: string };
}

/** The engine's server without HTTP, with a table `things`; a clock that a test moves. */
export class TestApi {
  readonly reports: string[] = [];
  readonly database: Database;
  now = Date.parse('2026-01-02T03:04:05Z');
  readonly #api: Api;

  constructor(options: DatabaseOptions = {}) {
    this.database = new Database(options);
    this.#api = new Api(this.database, (message) => void this.reports.push(message));
  }

  static withTable(options?: DatabaseOptions): TestApi {
    const api = new TestApi(options);
    api.call('CreateTable', TABLE);
    return api;
  }

  raw(target: string, body: string): Answer {
    const { status, body: text } = this.#api.answer(target, body, this.now);
    return { status, body: JSON.parse(text) };
  }

  /** @param operation of the tables or of the streams */
  call(operation: string, input: object = {}): Answer {
    const service = /Stream|GetRecords|GetShardIterator/.test(operation) ? 'DynamoDBStreams' : 'DynamoDB';
    return this.raw(`${service}_20120810.${operation}`, JSON.stringify(input));
  }

  put(pk: string, more: Record<string, unknown> = {}): Answer {
    return this.call('PutItem', { TableName: 'things', Item: { pk: { S: pk }, ...more } });
  }

  remove(pk: string): Answer {
    return this.call('DeleteItem', { TableName: 'things', Key: { pk: { S: pk } } });
  }

  items(): unknown[] {
    return this.call('Scan', { TableName: 'things' }).body.Items as unknown[];
  }

  get streamArn(): string {
    const { Streams } = this.call('ListStreams').body as { Streams: { StreamArn: string }[] };
    return Streams.at(-1)?.StreamArn ?? '';
  }

  shards(): { ShardId: string; ParentShardId?: string; SequenceNumberRange: Record<string, string> }[] {
    const { StreamDescription } = this.call('DescribeStream', { StreamArn: this.streamArn }).body;
    return (StreamDescription as { Shards: never[] }).Shards;
  }

  iterator(ShardIteratorType: string, more: object = {}): Answer {
    const ShardId = this.shards()[0]?.ShardId;
    return this.call('GetShardIterator', { StreamArn: this.streamArn, ShardId, ShardIteratorType, ...more });
  }

  read(iterator: unknown, Limit?: number) {
    const { body } = this.call('GetRecords', { ShardIterator: iterator, Limit });
    return body as unknown as { Records: TestRecord[]; NextShardIterator?: string };
  }

  /** Every record of every shard, in order. */
  records(): TestRecord[] {
    return this.shards().flatMap(({ ShardId }) => {
      const { body } = this.call('GetShardIterator', {
        StreamArn: this.streamArn,
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      });
      const all: TestRecord[] = [];
      for (let iterator = body.ShardIterator; iterator; ) {
        const { Records, NextShardIterator } = this.read(iterator);
        all.push(...Records);
        iterator = Records.length > 0 ? NextShardIterator : undefined;
      }
      return all;
    });
  }
}

export interface TestRecord {
  eventID: string;
  eventName: string;
  userIdentity?: object;
  dynamodb: { Keys: { pk: { S: string } }; SequenceNumber: string; NewImage?: object; OldImage?: object };
}
