import { Conflicts } from '../aws/dynamodb/conflicts.ts';
import { CONFLICT, throttleReason } from '../aws/dynamodb/operations/transaction.ts';
import { Throttles } from '../aws/dynamodb/throttles.ts';
import type { Charge } from '../aws/dynamodb/types.ts';
import { TRANSACTION_FACTOR, writeUnits } from '../aws/dynamodb/units.ts';

/** Which of DynamoDB's rules the laptop's engine gets that has none of them. */
export interface DynamoDbRules {
  /** Transactions conflict on every item that they share, also on one that is only checked. */
  conflicts: boolean;
  /** Write units a second of one partition key, and of the table; 0: no limit. */
  keyWrites: number;
  tableWrites: number;
}

/** A refusal in the place of the engine's answer. */
export interface Refusal {
  name: string;
  reasons?: { Code?: string | undefined; Message?: string | undefined }[];
}

/** `unprocessed`: requests of a batch for which there was no capacity; `allowed`: the others. */
export type Admission =
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'admitted'; release: () => void; batch?: { allowed: Batch; unprocessed: Batch } };

type Attributes = Record<string, unknown>;
type Batch = Record<string, WriteRequest[]>;
type WriteRequest = { PutRequest?: { Item: Attributes }; DeleteRequest?: { Key: Attributes } };
interface Part {
  TableName: string;
  Item?: Attributes;
  Key?: Attributes;
}

const SINGLE = ['PutItem', 'UpdateItem', 'DeleteItem'];
const THROTTLED: Refusal = { name: 'ProvisionedThroughputExceededException' };

/**
 * DynamoDB's own rules, as `local/aws/dynamodb` has them, for the writes that go through the proxy: sizes are those of the
 * requests, as the proxy does not see what is stored; indexes have none.
 */
export class RuleBook {
  readonly #rules: DynamoDbRules;
  readonly #now: () => number;
  readonly #conflicts = new Conflicts();
  readonly #throttles: Throttles;

  constructor(rules: DynamoDbRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
    const limit = (units: number) => units || Number.POSITIVE_INFINITY;
    this.#throttles = new Throttles({
      tableWrites: limit(rules.tableWrites),
      partitionWrites: limit(rules.keyWrites),
      tableReads: Number.POSITIVE_INFINITY,
      partitionReads: Number.POSITIVE_INFINITY,
    });
  }

  /** Whether a request may go to the engine; `release` must follow when it is over. */
  admit(operation: string, body: unknown): Admission {
    if (operation === 'TransactWriteItems')
      return this.#transaction(body as { TransactItems?: Record<string, Part>[] });
    if (operation === 'BatchWriteItem') return this.#batch(body as { RequestItems: Batch });
    if (!SINGLE.includes(operation)) return admitted();
    const part = body as Part;
    if (this.#rules.conflicts && this.#conflicts.isHeld(idOf(part))) return refused('TransactionConflictException');
    return this.#take(part) ? admitted() : { kind: 'refused', refusal: THROTTLED };
  }

  #transaction({ TransactItems = [] }: { TransactItems?: Record<string, Part>[] }): Admission {
    const parts = TransactItems.flatMap((item) => Object.values(item));
    const ids = parts.map(idOf);
    const cancelled = (reasons: Refusal['reasons'] & object) => refused('TransactionCanceledException', reasons);
    if (this.#rules.conflicts && ids.some(this.#conflicts.isHeld)) {
      return cancelled(ids.map((id) => (this.#conflicts.isHeld(id) ? CONFLICT : { Code: 'None' })));
    }
    const isTaken = parts.map((part) => this.#take(part, TRANSACTION_FACTOR));
    if (isTaken.includes(false)) {
      return cancelled(isTaken.map((taken) => (taken ? { Code: 'None' } : throttleReason(undefined))));
    }
    this.#conflicts.hold(ids);
    return admitted(() => this.#conflicts.release(ids));
  }

  #batch({ RequestItems }: { RequestItems: Batch }): Admission {
    const [allowed, unprocessed]: [Batch, Batch] = [{}, {}];
    for (const [TableName, requests] of Object.entries(RequestItems)) {
      for (const request of requests) {
        const part = { TableName, ...request.PutRequest, ...request.DeleteRequest };
        const isHeld = this.#rules.conflicts && this.#conflicts.isHeld(idOf(part));
        const side = !isHeld && this.#take(part) ? allowed : unprocessed;
        (side[TableName] ??= []).push(request);
      }
    }
    if (Object.keys(unprocessed).length === 0) return admitted();
    if (Object.keys(allowed).length === 0) return { kind: 'refused', refusal: THROTTLED };
    return { ...admitted(), batch: { allowed, unprocessed } };
  }

  #take(part: Part, factor = 1): boolean {
    const units = writeUnits(Buffer.byteLength(JSON.stringify(part.Item ?? part.Key ?? {}))) * factor;
    const charge: Charge = {
      tableName: part.TableName,
      indexName: undefined,
      partition: JSON.stringify(keyOf(part).pk),
      kind: 'write',
      units,
    };
    return this.#throttles.take([charge], this.#now()).kind === 'admitted';
  }
}

const keyOf = ({ Item, Key }: Part): Attributes => Item ?? Key ?? {};
const idOf = (part: Part): string => JSON.stringify([part.TableName, keyOf(part).pk, keyOf(part).sk]);
const admitted = (release = () => {}) => ({ kind: 'admitted' as const, release });
const refused = (name: string, reasons?: Refusal['reasons']): Admission => ({
  kind: 'refused',
  refusal: { name, ...(reasons && { reasons }) },
});
