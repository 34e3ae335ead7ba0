import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../../local/event-source-mapping/batch-response.ts';

const SEQUENCES = ['100000000000000000001', '100000000000000000002', '100000000000000000003'];
const failures = (...ids: unknown[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe("a function's answer to a batch", () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list of failures', { batchItemFailures: [] }],
    ['null for a list of failures', { batchItemFailures: null }],
    ['a text', 'fine'],
    ['something else', { statusCode: 200 }],
  ])('is a success when it is %s', (_name, response) => {
    expect(readBatchResponse(response, SEQUENCES)).toEqual({ kind: 'done' });
  });

  it.each<[string, unknown]>([
    ['is the empty string', failures('')],
    ['is null', failures(null)],
    ['is not in the batch', failures('100000000000000000009')],
    ['is only near to one of the batch in floating point', failures(Number(SEQUENCES[0]))],
    ['is under a wrong key', { batchItemFailures: [{ id: SEQUENCES[0] }] }],
    ['is one good and one unknown', failures(SEQUENCES[0], 'unknown')],
    ['is in an empty element', { batchItemFailures: [null] }],
  ])('fails the whole batch when the identifier %s', (_name, response) => {
    expect(readBatchResponse(response, SEQUENCES)).toMatchObject({ kind: 'failed' });
  });

  it.each<[string, unknown]>([
    ['an object', { batchItemFailures: { itemIdentifier: SEQUENCES[0] } }],
    ['a text', { batchItemFailures: SEQUENCES[0] }],
    ['false', { batchItemFailures: false }],
  ])('fails the whole batch when the list is %s', (_name, response) => {
    expect(readBatchResponse(response, SEQUENCES)).toMatchObject({ kind: 'failed', error: expect.any(String) });
  });

  it.each<[number, unknown]>([
    [0, failures(SEQUENCES[0])],
    [1, failures(SEQUENCES[1])],
    [2, failures(SEQUENCES[2])],
    [1, failures(SEQUENCES[2], SEQUENCES[1])],
    [0, failures(SEQUENCES[1], SEQUENCES[2], SEQUENCES[0])],
  ])('resumes from place %i, the lowest that is named', (from, response) => {
    expect(readBatchResponse(response, SEQUENCES)).toEqual({ kind: 'partial', from });
  });
});
