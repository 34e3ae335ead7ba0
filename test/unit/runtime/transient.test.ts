import { describe, expect, it } from 'vitest';
import { isTransient } from '../../../src/runtime/transient.ts';
import { TableBusyError } from '../../../src/table/table.ts';

const fault = (properties: Record<string, unknown>): Error => Object.assign(new Error('fault'), properties);

describe('an error', () => {
  it.each<[string, unknown]>([
    ['a busy table', new TableBusyError('busy')],
    ['a throttled table', fault({ name: 'ProvisionedThroughputExceededException', $fault: 'client' })],
    ['a throttled call', fault({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } })],
    ['a limit on requests', fault({ name: 'RequestLimitExceeded' })],
    ['a fault on the far side', fault({ name: 'Whatever', $fault: 'server' })],
    ['a 503', fault({ $metadata: { httpStatusCode: 503 } })],
    ['a 429', fault({ $metadata: { httpStatusCode: 429 } })],
    ['a time-out', fault({ name: 'TimeoutError' })],
    [
      "a time-out on S3's side",
      fault({ name: 'RequestTimeout', $fault: 'client', $metadata: { httpStatusCode: 400 } }),
    ],
    ['a throttled call, by an older name', fault({ name: 'Throttling', $metadata: { httpStatusCode: 400 } })],
    ['an aborted call', fault({ name: 'AbortError' })],
    ['a refused connection', fault({ code: 'ECONNREFUSED' })],
    ['a connection that was cut', fault({ code: 'ECONNRESET' })],
    ['a name that was not found', fault({ code: 'ENOTFOUND' })],
  ])('may pass: %s', (_, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a fault of ours', new TypeError('x is not a function')],
    [
      'a request that is wrong',
      fault({ name: 'ValidationException', $fault: 'client', $metadata: { httpStatusCode: 400 } }),
    ],
    ['a refused condition', fault({ name: 'ConditionalCheckFailedException', $fault: 'client' })],
    ['an error without anything', fault({})],
    ['a text', 'ThrottlingException'],
    ['nothing', undefined],
    ['what only looks like an error', { name: 'ThrottlingException' }],
  ])('does not pass: %s', (_, error) => {
    expect(isTransient(error)).toBe(false);
  });

  // A bug of isTransient: make these an `it` when it knows them, as the SDK's own retries do.
  it.each(['EHOSTUNREACH', 'ENETUNREACH'])('may pass: %s', (code) => {
    expect(isTransient(fault({ code }))).toBe(true);
  });
});
