import { Metrics } from '@aws-lambda-powertools/metrics';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/stream/metrics.ts';

const thought = (times: Record<string, number>): DynamoDBRecord => ({
  dynamodb: {
    NewImage: {
      type: { S: 'thought' },
      text: { S: 'a secret' },
      ...Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, { N: String(ms) }])),
    },
  },
});

const task: DynamoDBRecord = { dynamodb: { NewImage: { type: { S: 'task' } } } };

/** Notes figures, and gives back the lines that were written. */
const linesOf = (...batches: { records: DynamoDBRecord[]; missed?: number; sent?: number }[]) => {
  const lines: string[] = [];
  const metrics = new Metrics({ namespace: 'DeepThoughts', serviceName: 'a-stack' });
  const note = createMetrics(metrics, (line) => lines.push(line));
  for (const { records, missed = 0, sent = 0 } of batches) {
    note({ records, done: records.length, parked: 0, failed: 0, pushed: { sent, gone: 0, missed }, pushedAt: 10_000 });
  }
  return lines.map((line) => JSON.parse(line));
};

describe('The metrics of an invocation', () => {
  it('are one line each, and only the first invocation counts a cold start', () => {
    const lines = linesOf({ records: [task], missed: 2 }, { records: [] });
    expect(lines).toHaveLength(2);
    const [first, second] = lines;
    expect(first).toMatchObject({ Records: 1, Done: 1, Missed: 2, ColdStart: 1, service: 'a-stack' });
    expect(first._aws.CloudWatchMetrics[0]).toMatchObject({ Namespace: 'DeepThoughts', Dimensions: [['service']] });
    expect(second).toMatchObject({ Records: 0, Missed: 0, ColdStart: 0 });
  });

  it('show the time from commit to push of each thought, from its last change on', () => {
    const records = [thought({ createdAt: 9_000 }), thought({ createdAt: 1_000, editedAt: 9_900 }), task];
    const [line] = linesOf({ records, sent: 3 });
    expect(line.CommitToPush).toEqual([1_000, 100]);
  });

  it('show no such time when nothing was pushed', () => {
    const [line] = linesOf({ records: [thought({ createdAt: 9_000 })] });
    expect(line).not.toHaveProperty('CommitToPush');
  });

  it('do not contain the text of a thought', () => {
    expect(JSON.stringify(linesOf({ records: [thought({ createdAt: 9_000 })], sent: 1 }))).not.toContain('secret');
  });
});
