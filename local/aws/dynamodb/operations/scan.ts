import type { ScanInput, ScanOutput } from '@aws-sdk/client-dynamodb';
import { validation } from '../errors.ts';
import { conditionTest } from '../expressions/condition.ts';
import { Scope } from '../expressions/scope.ts';
import type { State } from '../state.ts';
import type { Context } from '../types.ts';
import { checkLimit, readPage, selectionOf, sourceOf, startOf } from './page.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
export const scan = (state: State, input: ScanInput, context: Context): ScanOutput => {
  checkLimit(input.Limit);
  checkSegments(input);
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const filter = conditionTest('FilterExpression', input.FilterExpression, scope);
  const source = sourceOf(state.table(input.TableName), input);
  const selection = selectionOf(source, input, scope);
  scope.done();
  const start = startOf(source, input.ExclusiveStartKey);
  const rows = source.rows.scan(start, input.Segment, input.TotalSegments);
  return readPage({ source, rows, filter, selection, partition: undefined, input, context });
};

/** A parallel scan reads segment 0 to TotalSegments - 1, each by itself. */
const checkSegments = ({ Segment, TotalSegments }: ScanInput): void => {
  if (Segment === undefined && TotalSegments === undefined) return;
  if (Segment === undefined) {
    throw validation(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (TotalSegments === undefined) {
    throw validation(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (Segment < TotalSegments) return;
  throw validation(
    `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
  );
};
