/** What an invocation came to, for the records of its batch. */
export type BatchOutcome =
  | { kind: 'done' }
  /** All before this record are done; it and what follows come again. */
  | { kind: 'partial'; from: number }
  | { kind: 'failed'; error: string }
  /** The function was not invoked at all. */
  | { kind: 'throttled' };

/**
 * Reads a function's answer by Lambda's rules: nothing, an empty list or null is success; the lowest identifier is the
 * checkpoint; an identifier that is empty, null or unknown, or a list that is none, fails the whole batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @param sequenceNumbers those of the batch, in order
 */
export const readBatchResponse = (response: unknown, sequenceNumbers: string[]): BatchOutcome => {
  if (response === null || response === undefined || typeof response !== 'object') return { kind: 'done' };
  const { batchItemFailures: failures } = response as { batchItemFailures?: unknown };
  if (failures === null || failures === undefined) return { kind: 'done' };
  if (!Array.isArray(failures)) return { kind: 'failed', error: 'batchItemFailures is no list' };
  const positions = failures.map((failure: { itemIdentifier?: unknown } | null) =>
    sequenceNumbers.indexOf(String(failure?.itemIdentifier)),
  );
  if (positions.includes(-1))
    return { kind: 'failed', error: 'batchItemFailures names a record that is not in the batch' };
  return positions.length === 0 ? { kind: 'done' } : { kind: 'partial', from: Math.min(...positions) };
};
