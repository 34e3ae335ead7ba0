import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBRecord } from 'aws-lambda';
import type { PushReport } from '../push/push-scheduler.ts';

/** What one invocation has done. */
export interface BatchMetrics {
  records: DynamoDBRecord[];
  done: number;
  parked: number;
  failed: number;
  pushed: PushReport;
  /** When the last push was out, in milliseconds since 1970. */
  pushedAt: number;
}

/** Takes the figures of each invocation. */
export type RecordMetrics = (figures: BatchMetrics) => void;

/**
 * Writes one log line an invocation, from which CloudWatch makes metrics. The time from commit to push is measured until the
 * last push of the batch, so it is an upper bound for each thought.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const createMetrics = (metrics: Metrics, write: (line: string) => void): RecordMetrics => {
  let isCold = true;
  return ({ records, done, parked, failed, pushed, pushedAt }) => {
    const counts = { Records: records.length, Done: done, Parked: parked, Failed: failed, ColdStart: Number(isCold) };
    isCold = false;
    const pushes = { Sent: pushed.sent, Gone: pushed.gone, Missed: pushed.missed };
    for (const [name, value] of Object.entries({ ...counts, ...pushes })) {
      metrics.addMetric(name, MetricUnit.Count, value);
    }
    if (pushed.sent > 0) {
      for (const committedAt of records.slice(0, VALUES_OF_A_METRIC).flatMap(commitTime)) {
        metrics.addMetric('CommitToPush', MetricUnit.Milliseconds, Math.max(0, pushedAt - committedAt));
      }
    }
    write(`${JSON.stringify(metrics.serializeMetrics())}\n`);
    metrics.clearMetrics();
  };
};

/** The metrics of one deployment, with the namespace and names that the dashboard and the alarms use. */
export const metricsOf = (service: string): RecordMetrics =>
  createMetrics(new Metrics({ namespace: 'DeepThoughts', serviceName: service }), (line) => process.stdout.write(line));

/** The format allows at most this many values of one metric in a line. */
const VALUES_OF_A_METRIC = 100;

/** When a thought, or a message, was written, as it says itself: the stream's own time has seconds only. Nothing for other records. */
const commitTime = ({ dynamodb }: DynamoDBRecord): number[] => {
  const image = dynamodb?.NewImage;
  if (image?.type?.S !== 'thought' && image?.type?.S !== 'message') return [];
  const times = ['createdAt', 'editedAt', 'deletedAt'].map((name) => Number(image[name]?.N ?? 0));
  return [Math.max(...times)];
};
