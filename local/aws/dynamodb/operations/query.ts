import type { QueryInput, QueryOutput } from '@aws-sdk/client-dynamodb';
import { validation } from '../errors.ts';
import { conditionTest } from '../expressions/condition.ts';
import { parseCondition } from '../expressions/condition-parser.ts';
import { type KeyRange, keyRangeOf } from '../expressions/key-condition.ts';
import { pathNames } from '../expressions/path-names.ts';
import { Scope } from '../expressions/scope.ts';
import { afterIndexSort, atIndexSort, keyAttributes } from '../item-keys.ts';
import type { State } from '../state.ts';
import type { Context } from '../types.ts';
import { checkLimit, readPage, type Source, selectionOf, sourceOf, startOf } from './page.ts';

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
  const { paths, isCount } = selectionOf(source, input, scope);
  const range = keyRangeOf(input.KeyConditionExpression, source.key, scope);
  scope.done();
  if (input.FilterExpression !== undefined) checkFilter(input.FilterExpression, source, scope);

  const isForward = input.ScanIndexForward !== false;
  const { low, high } = textRange(range, source);
  const start = startOf(source, input.ExclusiveStartKey);
  if (start) {
    if (start.partition !== range.partition) throw validation('The provided starting key is invalid');
    if (start.sort < low || (high !== undefined && start.sort >= high)) {
      throw validation('The provided starting key is outside query boundaries based on provided conditions');
    }
  }
  const from = isForward ? (start ? next(start.sort) : low) : (start?.sort ?? high);
  return readPage({
    source,
    rows: source.rows.range(range.partition, isForward, from),
    isBeyond: ({ sort }) => (isForward ? high !== undefined && sort >= high : sort < low),
    filter,
    paths,
    isCount,
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

/** A filter works on what was read by the key, and can't name the key itself. */
const checkFilter = (text: string, { key }: Source, scope: Scope): void => {
  const used = pathNames(parseCondition('FilterExpression', text).tree, scope);
  const named = keyAttributes(key).find(({ name }) => used.has(name));
  if (!named) return;
  throw validation(
    `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${named.name}`,
  );
};
