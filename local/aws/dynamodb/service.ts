import type { Runtime } from '../runtime.ts';
import { Conflicts } from './conflicts.ts';
import type { DynamoDbEngine, Input, Operation, Output } from './engine.ts';
import { internalError, transactionInProgress } from './errors.ts';
import type { Rules } from './rules.ts';
import { Throttles } from './throttles.ts';
import type { Admission, Charge, Context } from './types.ts';
import { Usage } from './usage.ts';

const BATCHES: Operation[] = ['BatchWriteItem', 'BatchGetItem'];
/** The operations on items, without those on tables. */
const DATA = new Set<Operation>([
  ...(['BatchWriteItem', 'DeleteItem', 'PutItem', 'TransactWriteItems', 'UpdateItem'] as const),
  ...(['BatchGetItem', 'GetItem', 'Query', 'Scan', 'TransactGetItems'] as const),
]);
/** Most replicas are nearly up to date; few are far behind. */
const LAG_POWER = 4;

/** What a caller sees when no answer comes in time, as the SDK's request handler names it. */
export const timeoutError = (ms: number): Error =>
  Object.assign(new Error(`The request took more than ${ms} ms`), { name: 'TimeoutError' });

/**
 * DynamoDB behind a network: a request takes time, has its effect in the middle of it, and may be throttled, meet a
 * transaction, fail, or lose its answer.
 */
export class DynamoDbService {
  readonly usage = new Usage();
  readonly #engine: DynamoDbEngine;
  readonly #rules: Rules;
  readonly #runtime: Runtime;
  readonly #throttles: Throttles | undefined;
  readonly #conflicts = new Conflicts();

  constructor(engine: DynamoDbEngine, rules: Rules, runtime: Runtime) {
    this.#engine = engine;
    this.#rules = rules;
    this.#runtime = runtime;
    this.#throttles = rules.throughput && new Throttles(rules.throughput);
  }

  /**
   * One request.
   * @param usage counts the units of this caller, beside those of everybody
   * @throws DynamoDBServiceException, or a TimeoutError when its answer is lost
   */
  async execute<O extends Operation>(operation: O, input: Input<O>, usage?: Usage): Promise<Output<O>> {
    const { faults, requestTimeoutMs, latencyMs } = this.#rules;
    const half = this.#between(latencyMs) / 2;
    await this.#sleep(half);
    this.usage.request(operation);
    if (DATA.has(operation) && this.#happens(faults.internalError)) {
      await this.#sleep(half);
      throw internalError();
    }
    const isLost = DATA.has(operation) && this.#happens(faults.lostAnswer);
    try {
      const output =
        operation === 'TransactWriteItems'
          ? ((await this.#transact(input as Input<'TransactWriteItems'>, usage)) as Output<O>)
          : this.#engine.execute(operation, input, this.#context(operation, usage));
      if (!isLost) await this.#sleep(half);
      if (!isLost) return output;
    } catch (error) {
      if (!isLost) {
        await this.#sleep(half);
        throw error;
      }
    }
    await this.#sleep(requestTimeoutMs - half);
    throw timeoutError(requestTimeoutMs);
  }

  /** Its items are held until it is done. One that meets another transaction is cancelled at once. */
  async #transact(input: Input<'TransactWriteItems'>, usage?: Usage): Promise<Output<'TransactWriteItems'>> {
    const operation = 'TransactWriteItems';
    const token = input.ClientRequestToken;
    const items = this.#engine.transactionItems(input);
    if (this.#conflicts.begin(token).kind === 'in progress') throw transactionInProgress();
    try {
      if (this.#conflicts.hold(items).kind === 'conflict') {
        return this.#engine.execute(operation, input, this.#context(operation, usage));
      }
      try {
        await this.#sleep(this.#between(this.#rules.transactionMs));
        return this.#engine.execute(operation, input, { ...this.#context(operation, usage), isHeld: undefined });
      } finally {
        this.#conflicts.release(items);
      }
    } finally {
      this.#conflicts.end(token);
    }
  }

  #context(operation: Operation, usage: Usage | undefined): Context {
    const now = this.#runtime.now();
    const { replicaLagMs, faults } = this.#rules;
    return {
      now,
      asOf: replicaLagMs > 0 ? () => now - Math.floor(replicaLagMs * this.#runtime.random() ** LAG_POWER) : undefined,
      isHeld: this.#conflicts.isHeld,
      charge: (charges) => this.#charge(operation, charges, now, usage),
      isLeft: BATCHES.includes(operation) ? () => this.#happens(faults.unprocessed) : undefined,
    };
  }

  #charge(operation: Operation, charges: Charge[], now: number, usage: Usage | undefined): Admission {
    const admission: Admission = this.#throttles?.take(charges, now) ?? { kind: 'admitted' };
    if (admission.kind === 'admitted') {
      this.usage.add(operation, charges);
      usage?.add(operation, charges);
    }
    return admission;
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#runtime.random() < rate;
  }

  #between({ min, max }: { min: number; max: number }): number {
    return min === max ? min : min + (max - min) * this.#runtime.random();
  }

  #sleep(ms: number): Promise<void> | undefined {
    return ms > 0 ? this.#runtime.sleep(ms) : undefined;
  }
}
