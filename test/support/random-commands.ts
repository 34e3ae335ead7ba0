import type { Operation } from '../../local/aws/dynamodb/engine.ts';
import type { Attributes, AttributeValue } from '../../local/aws/dynamodb/types.ts';
import { RandomExpressions } from './random-expressions.ts';

export interface RandomCommand {
  operation: Operation;
  input: Record<string, unknown>;
}

const PARTITIONS = ['a', 'b', 'ü', '9'];
const SORTS = ['1', '2', '10', 'x#1', 'x#2', '\u{1F600}', '\uffee'];

/** The keys of the table and of its indexes: two global and two local ones. */
const KEYS = {
  table: ['pk', 'sk'],
  gsi1: ['gsi1pk', 'gsi1sk'],
  gsi2: ['gsi2pk', 'gsi2sk'],
  lsi1: ['pk', 'lsi1sk'],
  lsi2: ['pk', 'lsi2sk'],
} as const;

/** Random commands on one table with string keys and four indexes; few keys, so that they meet. */
export class RandomCommands {
  readonly #table: string;
  readonly #random: () => number;
  readonly #expressions: RandomExpressions;
  #count = 0;

  constructor(table: string, random: () => number) {
    this.#table = table;
    this.#random = random;
    this.#expressions = new RandomExpressions(random);
  }

  next(): RandomCommand {
    this.#count++;
    const TableName = this.#table;
    const ReturnConsumedCapacity = this.#chance(0.7) ? 'INDEXES' : 'TOTAL';
    const kind = this.#random();
    if (kind < 0.2)
      return {
        operation: 'PutItem',
        input: { ...this.#put(), ReturnConsumedCapacity, ...this.#returns(['NONE', 'ALL_OLD']) },
      };
    if (kind < 0.45) {
      const returns = this.#returns(['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']);
      return { operation: 'UpdateItem', input: { ...this.#update(), ReturnConsumedCapacity, ...returns } };
    }
    if (kind < 0.5)
      return {
        operation: 'DeleteItem',
        input: { ...this.#delete(), ReturnConsumedCapacity, ...this.#returns(['NONE', 'ALL_OLD']) },
      };
    if (kind < 0.57) {
      return {
        operation: 'GetItem',
        input: { TableName, Key: this.#key(), ConsistentRead: true, ReturnConsumedCapacity, ...this.#projection() },
      };
    }
    if (kind < 0.75) return { operation: 'Query', input: { ...this.#query(), ReturnConsumedCapacity } };
    if (kind < 0.78) {
      return {
        operation: 'Scan',
        input: { TableName, ConsistentRead: true, ReturnConsumedCapacity, ...this.#filter() },
      };
    }
    if (kind < 0.82) {
      const Keys = this.#times(1 + this.#below(4), () => this.#key());
      return {
        operation: 'BatchGetItem',
        input: {
          RequestItems: { [TableName]: { Keys, ConsistentRead: true, ...this.#projection() } },
          ReturnConsumedCapacity,
        },
      };
    }
    if (kind < 0.88) {
      const requests = this.#times(1 + this.#below(4), () =>
        this.#chance(0.7) ? { PutRequest: { Item: this.#item() } } : { DeleteRequest: { Key: this.#key() } },
      );
      return {
        operation: 'BatchWriteItem',
        input: { RequestItems: { [TableName]: requests }, ReturnConsumedCapacity },
      };
    }
    if (kind < 0.97) {
      const TransactItems = this.#times(1 + this.#below(4), () => this.#action());
      return { operation: 'TransactWriteItems', input: { TransactItems } };
    }
    const TransactItems = this.#times(1 + this.#below(3), () => ({
      Get: { TableName, Key: this.#key(), ...this.#projection() },
    }));
    return { operation: 'TransactGetItems', input: { TransactItems } };
  }

  #put() {
    return { TableName: this.#table, Item: this.#item(), ...this.#condition() };
  }

  #delete() {
    return { TableName: this.#table, Key: this.#key(), ...this.#condition() };
  }

  #update() {
    return {
      TableName: this.#table,
      Key: this.#key(),
      ...this.#expressions.update(this.#chance(0.3)),
      ...this.#onFailure(),
    };
  }

  #action() {
    const kind = this.#random();
    if (kind < 0.3) return { Put: this.#put() };
    if (kind < 0.7) return { Update: this.#update() };
    if (kind < 0.85) return { Delete: this.#delete() };
    return {
      ConditionCheck: {
        TableName: this.#table,
        Key: this.#key(),
        ...this.#expressions.condition('ConditionExpression'),
      },
    };
  }

  #condition() {
    return this.#chance(0.4) ? { ...this.#expressions.condition('ConditionExpression'), ...this.#onFailure() } : {};
  }

  #onFailure() {
    return this.#chance(0.3) ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {};
  }

  #filter() {
    return this.#chance(0.4) ? this.#expressions.condition('FilterExpression') : {};
  }

  #projection() {
    return this.#chance(0.3) ? { ProjectionExpression: this.#expressions.paths() } : {};
  }

  #query() {
    const index = this.#pick([undefined, undefined, undefined, 'gsi1', 'gsi2', 'lsi1', 'lsi2'] as const);
    const isGlobal = index?.startsWith('gsi');
    const filter = this.#filter() as { ExpressionAttributeValues?: Attributes };
    const [pk, sk] = KEYS[index ?? 'table'];
    const bound = (): AttributeValue =>
      index === 'gsi2' && this.#chance(0.95)
        ? { N: String(this.#below(60) - 30) }
        : { S: this.#pick(['', '1', '2', 'x', 'x#', 'x#1', '\u{1F600}', ...SORTS]) };
    const values: Attributes = { ':pk': { S: isGlobal ? this.#pick(['F', 'G']) : this.#pick(PARTITIONS) } };
    const term = this.#pick(['', '=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with', '<>']);
    if (term !== '') values[':low'] = bound();
    if (term === 'BETWEEN') values[':high'] = bound();
    const texts: Record<string, string> = {
      '': '',
      BETWEEN: ` AND ${sk} BETWEEN :low AND :high`,
      begins_with: ` AND begins_with(${sk}, :low)`,
    };
    const text = texts[term] ?? ` AND ${sk} ${term} :low`;
    return {
      TableName: this.#table,
      ...(index && { IndexName: index }),
      ...(!isGlobal && { ConsistentRead: true }),
      ...(this.#chance(0.4) && { Limit: 1 + this.#below(4) }),
      ...(this.#chance(0.4) && { ScanIndexForward: false }),
      ...(this.#chance(0.1) ? { Select: index === 'lsi2' ? 'ALL_ATTRIBUTES' : 'COUNT' } : this.#unheld(index)),
      ...(!index && this.#chance(0.1) && { ExclusiveStartKey: { pk: values[':pk'], sk: { S: this.#pick(SORTS) } } }),
      ...filter,
      KeyConditionExpression: `${pk} = :pk${text}`,
      ExpressionAttributeValues: { ...filter.ExpressionAttributeValues, ...values },
    };
  }

  /** Asks for an attribute that the second local index does not hold. */
  #unheld(index: string | undefined) {
    return index === 'lsi2' && this.#chance(0.2) ? { ProjectionExpression: 'flag, pk' } : {};
  }

  #key(): Attributes {
    const key: Attributes = { pk: { S: this.#pick(PARTITIONS) }, sk: { S: this.#pick(SORTS) } };
    if (this.#chance(0.01)) key.sk = { S: '' };
    if (this.#chance(0.01)) key.sk = { N: '1' };
    if (this.#chance(0.01)) key.more = { N: '1' };
    if (this.#chance(0.01)) delete key.pk;
    return key;
  }

  /** Index sort keys are unique, since the order of equal ones is nobody's promise. */
  #item(): Attributes {
    const item = this.#key();
    for (const name of ['n', 's', 'li', 'ma', 'se', 'flag', 'b']) {
      if (this.#chance(0.5)) item[name] = this.#expressions.value(name);
    }
    if (this.#chance(0.5)) item.gsi1pk = { S: this.#pick(['F', 'G']) };
    if (this.#chance(0.8)) item.gsi1sk = { S: `${this.#pick(SORTS)}-${this.#count}-${this.#below(1_000_000)}` };
    if (this.#chance(0.5)) item.gsi2pk = { S: this.#pick(['F', 'G']) };
    if (this.#chance(0.8)) item.gsi2sk = { N: `${this.#below(60) - 30}.${this.#count}${this.#below(1_000_000)}1` };
    if (this.#chance(0.5)) item.lsi1sk = { S: `${this.#pick(SORTS)}-${this.#count}-${this.#below(1_000_000)}` };
    if (this.#chance(0.5)) item.lsi2sk = { S: `${this.#pick(SORTS)}-${this.#count}-${this.#below(1_000_000)}` };
    if (this.#chance(0.01)) item.lsi1sk = { N: '1' };
    if (this.#chance(0.01)) item.gsi1pk = { N: '1' };
    if (this.#chance(0.01)) item.gsi1sk = { S: '' };
    if (this.#chance(0.03)) item.large = { S: 'x'.repeat(1_000 + this.#below(5_000)) };
    return item;
  }

  #returns(values: string[]) {
    return this.#chance(0.6) ? { ReturnValues: this.#pick(values) } : {};
  }

  #chance(rate: number): boolean {
    return this.#random() < rate;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}
