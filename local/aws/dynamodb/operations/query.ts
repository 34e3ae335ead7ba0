import type { QueryInput, QueryOutput } from '@aws-sdk/client-dynamodb';
import { validation } from '../errors.ts';
import type { Path } from '../expressions/ast.ts';
import { conditionTest } from '../expressions/condition.ts';
import { checkCondition } from '../expressions/condition-check.ts';
import { parseCondition } from '../expressions/condition-parser.ts';
import { type KeyRange, keyRangeOf } from '../expressions/key-condition.ts';
import { pathNames } from '../expressions/path-names.ts';
import { Scope } from '../expressions/scope.ts';
import { afterIndexSort, atIndexSort, keyAttributes } from '../item-keys.ts';
import type { State } from '../state.ts';
import type { SecondaryIndex } from '../table.ts';
import type { Context } from '../types.ts';
import { checkLimit, readPage, type Source, selectionOf, sourceOf, startOf } from './page.ts';

const KEY_CONDITION = 'KeyConditionExpression';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export const query = (state: State, input: QueryInput, context: Context): QueryOutput => {
  checkLimit(input.Limit);
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  if (input.KeyConditionExpression === undefined) {
    throw validation('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const table = state.table(input.TableName);
  const source = sourceOf(table, input);
  const filter = conditionTest('FilterExpression', input.FilterExpression, scope);
  const selection = selectionOf(source, input, scope);
  const key = scope.use(KEY_CONDITION, parseCondition(KEY_CONDITION, input.KeyConditionExpression));
  checkCondition(KEY_CONDITION, key, scope);
  scope.done();
  const range = keyRangeOf(key, source.key, scope, input.IndexName);
  if (input.FilterExpression !== undefined) checkFilter(input.FilterExpression, source, scope);
  if (source.index) checkProjected(input, source.index, selection.paths, scope);

  const isForward = input.ScanIndexForward !== false;
  const { low, high } = textRange(range, source);
  const start = startOf(source, input.ExclusiveStartKey);
  if (start) {
    if (start.partition !== range.partition) {
      throw validation('The provided starting key is outside query boundaries based on provided conditions');
    }
    if (start.sort < low || (high !== undefined && start.sort >= high)) {
      throw validation('The provided starting key does not match the range key predicate');
    }
  }
  const from = isForward ? (start ? next(start.sort) : low) : (start?.sort ?? high);
  return readPage({
    source,
    rows: source.rows.range(range.partition, isForward, from),
    isBeyond: ({ sort }) => (isForward ? high !== undefined && sort >= high : sort < low),
    filter,
    selection,
    partition: range.partition,
    input,
    context,
  });
};

/** The least text above another one. */
const next = (text: string): string => `${text}\0`;
/** Above every unit that a sortable text can go on with. */
const LAST = '\uffff';

/** The range as texts: from `low`, itself included, up to `high`, itself excluded; an index's texts have more behind. */
const textRange = ({ low, high, prefix }: KeyRange, { index }: Source): { low: string; high: string | undefined } => {
  const at = (sort: string) => (index ? atIndexSort(sort) : sort);
  const after = (sort: string) => (index ? afterIndexSort(sort) : next(sort));
  const prefixed = (sort: string) => (index ? atIndexSort(sort).slice(0, -2) : sort);
  if (prefix !== undefined) return { low: prefixed(prefix), high: prefix === '' ? undefined : prefixed(prefix) + LAST };
  return {
    low: low ? (low.isExclusive ? after(low.sort) : at(low.sort)) : '',
    high: high && (high.isExclusive ? at(high.sort) : after(high.sort)),
  };
};

/** An index can't filter by what it doesn't hold, and a global one can't show it either. */
const checkProjected = (input: QueryInput, index: SecondaryIndex, paths: Path[] | undefined, scope: Scope): void => {
  const { name } = index.schema;
  const filtered =
    input.FilterExpression === undefined
      ? []
      : [...pathNames(parseCondition('FilterExpression', input.FilterExpression).tree, scope)];
  const missing = filtered.filter((attribute) => !index.holds(attribute));
  if (missing.length > 0) {
    throw invalid(`Secondary index ${name} does not project one or more filter attributes: [${missing.join(', ')}]`);
  }
  if (index.schema.kind === 'local') return;
  const unheld = (paths ?? []).map(([first]) => String(first)).filter((attribute) => !index.holds(attribute));
  if (unheld.length > 0) throw invalid(`Global secondary index ${name} does not project [${unheld.join(', ')}]`);
};

const invalid = (message: string) => validation(`One or more parameter values were invalid: ${message}`);

/** A filter works on what was read by the key, and can't name the key itself. */
const checkFilter = (text: string, { key }: Source, scope: Scope): void => {
  const used = pathNames(parseCondition('FilterExpression', text).tree, scope);
  const named = keyAttributes(key).find(({ name }) => used.has(name));
  if (!named) return;
  throw validation(
    `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${named.name}`,
  );
};
