import type { QueryInput, ScanInput } from '@aws-sdk/client-dynamodb';
import { consumedCapacity, takeCharges } from '../capacity.ts';
import { validation } from '../errors.ts';
import type { Path } from '../expressions/ast.ts';
import type { Test } from '../expressions/condition.ts';
import { projectionPaths } from '../expressions/projection.ts';
import type { Scope } from '../expressions/scope.ts';
import { getAttribute } from '../intake.ts';
import { indexSort, keyAttributes, type Place, placeOfKey } from '../item-keys.ts';
import { MAX_PAGE_SIZE } from '../limits.ts';
import { itemAt, type Row, type Rows, type Stored } from '../rows.ts';
import type { SecondaryIndex, Table } from '../table.ts';
import type { Attributes, Context, KeySchema } from '../types.ts';
import { readUnits } from '../units.ts';
import { sortable } from '../values.ts';
import { shown } from './get-item.ts';
import { readCharge } from './intent.ts';

/** What a Query or a Scan reads: a table, or one of its indexes. */
export interface Source {
  table: Table;
  index: SecondaryIndex | undefined;
  rows: Rows;
  key: KeySchema;
}

/** @throws ValidationException for an index that isn't there, or a consistent read of one */
export const sourceOf = (table: Table, { IndexName, ConsistentRead }: QueryInput | ScanInput): Source => {
  if (IndexName === undefined) return { table, index: undefined, rows: table.rows, key: table.schema.key };
  const index = table.index(IndexName);
  if (!index) throw validation(`The table does not have the specified index: ${IndexName}`);
  if (ConsistentRead && index.schema.kind === 'global')
    throw validation('Consistent reads are not supported on global secondary indexes');
  return { table, index, rows: index.rows, key: index.schema.key };
};

/** What a page shows of each item. */
interface Selection {
  /** The attributes; undefined for all that the source holds. */
  paths: Path[] | undefined;
  isCount: boolean;
  /** Whether each item is read in the table too, because a local index does not hold all of what is asked for. */
  isFetched: boolean;
}

/** Which attributes to show; `count`: none. @throws ValidationException */
export const selectionOf = (
  { index }: Source,
  { Select, ProjectionExpression }: QueryInput | ScanInput,
  scope: Scope,
): Selection => {
  const paths = projectionPaths(ProjectionExpression, scope);
  if (paths && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES') {
    throw validation(`Cannot specify the ProjectionExpression when choosing to get ${Select}`);
  }
  if (!paths && Select === 'SPECIFIC_ATTRIBUTES') {
    throw validation(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (!index && Select === 'ALL_PROJECTED_ATTRIBUTES') {
    throw validation('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  const isPartial = index !== undefined && index.schema.projection.kind !== 'all';
  if (isPartial && index.schema.kind === 'global' && Select === 'ALL_ATTRIBUTES') {
    throw validation(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.schema.name} because its projection type is not ALL`,
    );
  }
  const isUnheld = paths?.some(([first]) => !index?.holds(String(first))) ?? false;
  const isFetched = isPartial && index.schema.kind === 'local' && (isUnheld || Select === 'ALL_ATTRIBUTES');
  return { paths, isCount: Select === 'COUNT', isFetched };
};

export const checkLimit = (limit: number | undefined): void => {
  if (limit === undefined || limit >= 1) return;
  throw validation(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  );
};

/** Where a page starts: a place in the table, and the text at which it stands in the source. @throws ValidationException */
export const startOf = ({ table, index, key }: Source, start: Attributes | undefined): Place | undefined => {
  if (!start) return undefined;
  const invalid = () => validation('The provided starting key is invalid');
  const own = keyAttributes(table.schema.key);
  const all = new Set([...own, ...(index ? keyAttributes(key) : [])].map(({ name }) => name));
  if (Object.keys(start).length !== all.size || !Object.keys(start).every((name) => all.has(name))) throw invalid();
  const place = placeOfKey(
    table.schema.key,
    Object.fromEntries(own.map(({ name }) => [name, start[name] ?? {}])) as Attributes,
  );
  if (!index) return place;
  const text = (attribute: KeySchema['sort']) => {
    if (!attribute) return '';
    const value = getAttribute(start, attribute.name);
    if (value?.[attribute.type] === undefined) throw invalid();
    return sortable(value, attribute.type);
  };
  return { partition: text(key.partition), sort: indexSort(text(key.sort), place) };
};

/** The key behind which the next page starts. */
const startKey = ({ table, index, key }: Source, { attributes }: Stored): Attributes => {
  const start: Attributes = {};
  for (const { name } of [...keyAttributes(table.schema.key), ...(index ? keyAttributes(key) : [])]) {
    start[name] = { ...attributes[name] } as Attributes[string];
  }
  return start;
};

interface PageRequest {
  source: Source;
  rows: Iterable<Row>;
  /** Nothing from this row on belongs to it. */
  isBeyond?: (row: Row) => boolean;
  filter: Test | undefined;
  selection: Selection;
  /** The partition that is charged, when it is one. */
  partition: string | undefined;
  input: QueryInput | ScanInput;
  context: Context;
}

/**
 * Reads a page: up to `Limit` items or 1 MB, filtered afterwards. Its units are those of everything read, rounded once.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
export const readPage = ({
  source,
  rows,
  isBeyond,
  filter,
  selection: { paths, isCount, isFetched },
  partition,
  input,
  context,
}: PageRequest) => {
  const asOf = input.ConsistentRead ? undefined : context.asOf?.();
  const { Limit = Number.POSITIVE_INFINITY } = input;
  const found: Stored[] = [];
  const readAs = input.ConsistentRead ? 'consistent' : 'eventual';
  let [size, ScannedCount, fetchedUnits] = [0, 0, 0];
  let last: Stored | undefined;
  for (const row of rows) {
    if (isBeyond?.(row)) break;
    const item = itemAt(row, asOf);
    if (!item) continue;
    ScannedCount++;
    size += item.size;
    const whole = isFetched ? source.table.itemOf(item, asOf) : undefined;
    // Each item that is read in the table is rounded by itself.
    if (whole) fetchedUnits += readUnits(whole.size, readAs);
    if (!filter || filter(item.attributes)) found.push(whole ?? item);
    if (ScannedCount >= Limit || size >= MAX_PAGE_SIZE) {
      last = item;
      break;
    }
  }
  const charges = [readCharge(source.table, partition, readUnits(size, readAs), source.index?.schema)];
  if (fetchedUnits > 0) charges.push(readCharge(source.table, partition, fetchedUnits));
  takeCharges(charges, context);
  const [ConsumedCapacity] = consumedCapacity(input.ReturnConsumedCapacity, charges) ?? [];
  return {
    ...(!isCount && { Items: found.map((item) => shown(item, paths)) }),
    Count: found.length,
    ScannedCount,
    ...(last && { LastEvaluatedKey: startKey(source, last) }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
  };
};
