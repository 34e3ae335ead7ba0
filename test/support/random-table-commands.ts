import type { Operation } from '../../local/aws/dynamodb/engine.ts';

const NAMES = ['first', 'second', 'third', 'no', 'not a name'];

/** Random commands that make, describe and delete tables: few names, so that they meet; some of them are wrong. */
export class RandomTableCommands {
  readonly #prefix: string;
  readonly #random: () => number;

  constructor(prefix: string, random: () => number) {
    this.#prefix = prefix;
    this.#random = random;
  }

  next(): { operation: Operation; input: Record<string, unknown> } {
    const TableName = this.#name();
    const kind = this.#random();
    if (kind < 0.35) return { operation: 'CreateTable', input: this.#table(TableName) };
    if (kind < 0.5) return { operation: 'DeleteTable', input: { TableName } };
    if (kind < 0.65) return { operation: 'DescribeTable', input: { TableName } };
    if (kind < 0.75) return { operation: 'DescribeTimeToLive', input: { TableName } };
    if (kind < 0.9) {
      const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: this.#chance(0.6) };
      return { operation: 'UpdateTimeToLive', input: { TableName, TimeToLiveSpecification } };
    }
    return { operation: 'ListTables', input: this.#chance(0.5) ? { Limit: 1 + Math.floor(this.#random() * 3) } : {} };
  }

  #name(): string {
    const name = this.#pick(NAMES);
    return name.length > 3 ? `${this.#prefix}${name}` : name;
  }

  #table(TableName: string): Record<string, unknown> {
    const key = (hash: string, range?: string) => [
      { AttributeName: hash, KeyType: this.#chance(0.02) ? 'RANGE' : 'HASH' },
      ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : []),
    ];
    const hasSort = this.#chance(0.5);
    const indexes = this.#chance(0.5) ? 1 + (this.#chance(0.2) ? 1 : 0) : 0;
    const hasLocal = this.#chance(0.2);
    const names = [
      'pk',
      ...(hasSort ? ['sk'] : []),
      ...(indexes > 0 ? ['gsi'] : []),
      ...(hasLocal ? ['lsi'] : []),
      ...(this.#chance(0.05) ? ['unused'] : []),
    ];
    if (this.#chance(0.05)) names.shift();
    const viewType = this.#pick(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']);
    const NonKeyAttributes = ['n'];
    return {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({
        AttributeName,
        AttributeType: this.#pick(['S', 'N', 'B']),
      })),
      KeySchema: key('pk', hasSort ? 'sk' : undefined),
      ...(indexes > 0 && {
        GlobalSecondaryIndexes: Array.from({ length: indexes }, (_, at) => ({
          IndexName: this.#chance(0.1) ? 'index0' : `index${at}`,
          KeySchema: key('gsi'),
          Projection: this.#pick([
            { ProjectionType: 'ALL' },
            { ProjectionType: 'KEYS_ONLY' },
            { ProjectionType: 'INCLUDE', NonKeyAttributes },
          ]),
        })),
      }),
      ...(hasLocal && {
        LocalSecondaryIndexes: [
          {
            IndexName: this.#chance(0.1) ? 'index0' : 'local',
            KeySchema: key(this.#chance(0.1) ? 'gsi' : 'pk', this.#chance(0.1) ? undefined : 'lsi'),
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
      ...(this.#chance(0.5) && { StreamSpecification: { StreamEnabled: true, StreamViewType: viewType } }),
    };
  }

  #chance(rate: number): boolean {
    return this.#random() < rate;
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}
