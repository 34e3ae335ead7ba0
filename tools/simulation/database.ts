import { createDynamoDbClient } from '../../local/aws/dynamodb/client.ts';
import { DynamoDbEngine } from '../../local/aws/dynamodb/engine.ts';
import { AWS_RULES, NO_FAULTS, type Rules } from '../../local/aws/dynamodb/rules.ts';
import { DynamoDbService } from '../../local/aws/dynamodb/service.ts';
import { expiryDelayMs } from '../../local/aws/dynamodb/time-to-live.ts';
import type { Usage } from '../../local/aws/dynamodb/usage.ts';
import type { Runtime } from '../../local/aws/runtime.ts';
import type { ItemChange } from '../../local/aws/stream.ts';
import { createTableInput } from '../../local/dynamodb/create-table.ts';
import { tableResource } from '../../local/dynamodb/table-resource.ts';
import { toItem } from '../../src/dynamodb/attributes.ts';
import type { DynamoDb } from '../../src/dynamodb/dynamo-db.ts';
import type { Item } from '../../src/table/table.ts';
import type { RunConditions } from './steps.ts';
import type { World } from './world.ts';

const TABLE = 'simulated';
const TABLE_INPUT = createTableInput(tableResource(), TABLE);
/** The settings of the SDK's client in `src/dynamodb/client.ts`. */
const MAX_ATTEMPTS = 5;
/** How often items whose time to live is over are deleted, in milliseconds. */
const EXPIRY_MS = 45_000;

const AWS_RULES_WITHOUT_LIMITS: Rules = { ...AWS_RULES, throughput: undefined };

/** The table, by AWS's rules, with the conditions of a run. */
export class Database {
  readonly tableName = TABLE;
  readonly #engine: DynamoDbEngine;
  /** While people sign up there are no limits: the plan's limits apply from its first step on. */
  #service: DynamoDbService;
  readonly #rules: Rules;
  readonly #world: World;

  constructor(world: World, conditions: RunConditions, onChange: (change: ItemChange) => void) {
    this.#world = world;
    this.#engine = new DynamoDbEngine({ historyMs: conditions.replicaLagMs + 500, onRecord: onChange });
    this.#engine.execute('CreateTable', TABLE_INPUT, { now: world.now() });
    const enabled = { AttributeName: 'expiresAt', Enabled: true };
    const ttl = { TableName: TABLE, TimeToLiveSpecification: enabled };
    this.#engine.execute('UpdateTimeToLive', ttl, { now: world.now() });
    this.#rules = {
      ...AWS_RULES,
      replicaLagMs: conditions.replicaLagMs,
      throughput: {
        tableWrites: conditions.tableWrites,
        tableReads: conditions.tableReads,
        partitionWrites: conditions.keyWrites,
        partitionReads: conditions.keyReads,
      },
      faults: { ...NO_FAULTS, internalError: conditions.tableFails, lostAnswer: conditions.answerLost },
    };
    this.#service = new DynamoDbService(this.#engine, AWS_RULES_WITHOUT_LIMITS, world);
    world.after(EXPIRY_MS, () => this.#expire());
  }

  /** Every item, as it is now. */
  items(): Item[] {
    const items: Item[] = [];
    let ExclusiveStartKey: Record<string, never> | undefined;
    do {
      const input = { TableName: TABLE, ConsistentRead: true, ExclusiveStartKey };
      const page = this.#engine.execute('Scan', input, { now: this.#world.now() });
      for (const item of page.Items ?? []) items.push(toItem(item));
      ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
    } while (ExclusiveStartKey);
    return items;
  }

  /** DynamoDB behind the SDK's retries, for one environment. Each wait goes through `guard`. */
  client(
    runtime: Runtime,
    usage: Usage,
    guard: <T>(promise: Promise<T>) => Promise<T>,
    maxAttempts = MAX_ATTEMPTS,
  ): DynamoDb {
    const service = {
      execute: (...request: Parameters<DynamoDbService['execute']>) => guard(this.#service.execute(...request)),
    } as Pick<DynamoDbService, 'execute'>;
    const { call } = createDynamoDbClient(service, runtime, { maxAttempts, usage });
    return { call: (operation, input) => call(operation, input) as Promise<never> };
  }

  /** The run's own limits and faults begin. */
  begin(): void {
    this.#service = new DynamoDbService(this.#engine, this.#rules, this.#world);
  }

  /** Ends the random faults. Limits stay. */
  endFaults(): void {
    this.#rules.faults = NO_FAULTS;
  }

  #expire(): void {
    this.#engine.expire(this.#world.now() - expiryDelayMs(this.#world.random()));
    this.#world.after(EXPIRY_MS, () => this.#expire());
  }
}
