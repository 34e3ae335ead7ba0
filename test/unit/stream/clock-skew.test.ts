import { describe, expect, it } from 'vitest';
import { clockSkew } from '../../../src/stream/clock-skew.ts';
import { firstIdAt } from '../../../src/thoughts/thought.ts';
import { aRecord } from '../../support/stream.ts';

const WRITTEN = Date.parse('2026-01-02T03:04:05.000Z');

const record = (madeAt: number, { writtenAt = WRITTEN, type = 'thought', old = false } = {}) => {
  const item = { pk: 'USER#alice', sk: 'THOUGHT#x', type, id: firstIdAt(madeAt) };
  const made = aRecord(1, item, old ? item : undefined);
  return { ...made, dynamodb: { ...made.dynamodb, ApproximateCreationDateTime: writtenAt / 1000 } };
};

describe('a clock that is ahead', () => {
  it('is told by a new thought from over five seconds on, the record having whole seconds', () => {
    expect(clockSkew(record(WRITTEN + 6_000))).toBeUndefined();
    expect(clockSkew(record(WRITTEN + 6_001))).toEqual({ id: firstIdAt(WRITTEN + 6_001), aheadMs: 5_001 });
    expect(clockSkew(record(WRITTEN - 60_000))).toBeUndefined();
  });

  it('is not told where the time is cut off to the minute', () => {
    const writtenAt = Date.parse('2026-01-02T03:04:00.000Z');
    expect(clockSkew(record(writtenAt + 59_999, { writtenAt }))).toBeUndefined();
    expect(clockSkew(record(writtenAt + 70_000, { writtenAt }))).toMatchObject({ aheadMs: 10_000 });
  });

  it('is not told by changes, or by what is no thought', () => {
    expect(clockSkew(record(WRITTEN + 90_000, { old: true }))).toBeUndefined();
    expect(clockSkew(record(WRITTEN + 90_000, { type: 'task' }))).toBeUndefined();
  });
});
