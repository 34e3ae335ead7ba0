import type { ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { throttled } from './errors.ts';
import type { Charge, Context } from './types.ts';

/** Takes a request's units. @throws ProvisionedThroughputExceededException when there is no capacity for it */
export const takeCharges = (charges: Charge[], context: Context): void => {
  const admission = context.charge?.(charges);
  if (admission?.kind === 'throttled') throw throttled(admission.indexName);
};

/**
 * What a request consumed, table by table, as far as ReturnConsumedCapacity asks for it.
 * @param isTransaction tells reads and writes apart, as transactions do
 */
export const consumedCapacity = (
  asked: ReturnConsumedCapacity | undefined,
  charges: Charge[],
  isTransaction = false,
): ConsumedCapacity[] | undefined => {
  if (!asked || asked === 'NONE') return undefined;
  const tables = Map.groupBy(charges, ({ tableName }) => tableName);
  return [...tables].map(([TableName, parts]): ConsumedCapacity => {
    const total = capacity(parts, isTransaction);
    if (asked === 'TOTAL') return { TableName, ...total };
    const ofIndexes = (isLocal: boolean) => {
      const own = parts.filter((part) => part.indexName !== undefined && (part.isLocal ?? false) === isLocal);
      const byName = Map.groupBy(own, ({ indexName }) => indexName ?? '');
      return Object.fromEntries([...byName].map(([name, charged]) => [name, capacity(charged, isTransaction)]));
    };
    const [global, local] = [ofIndexes(false), ofIndexes(true)];
    return {
      TableName,
      ...total,
      Table: capacity(
        parts.filter(({ indexName }) => indexName === undefined),
        isTransaction,
      ),
      ...(Object.keys(global).length > 0 && { GlobalSecondaryIndexes: global }),
      ...(Object.keys(local).length > 0 && { LocalSecondaryIndexes: local }),
    };
  });
};

const sum = (charges: Charge[]): number => charges.reduce((total, { units }) => total + units, 0);

const capacity = (charges: Charge[], isTransaction: boolean) => {
  if (!isTransaction) return { CapacityUnits: sum(charges) };
  const [reads, writes] = (['read', 'write'] as const).map((kind) => charges.filter((charge) => charge.kind === kind));
  return {
    CapacityUnits: sum(charges),
    ...(reads && reads.length > 0 && { ReadCapacityUnits: sum(reads) }),
    ...(writes && writes.length > 0 && { WriteCapacityUnits: sum(writes) }),
  };
};
