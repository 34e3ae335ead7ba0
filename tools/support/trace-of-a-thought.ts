import type { Span } from '../../local/trace.ts';

/** The times of the POST, of its answer, and of the event at a follower, by this process's `performance.now()`. */
export interface Journey {
  startedAt: number;
  answeredAt: number;
  arrivedAt: number;
}

/** The milliseconds in which at least one of the spans was under way. */
export const coveredMs = (spans: Span[]): number => {
  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startedAt, ms } of spans.toSorted((one, other) => one.startedAt - other.startedAt)) {
    const end = startedAt + ms;
    covered += Math.max(0, end - Math.max(startedAt, until));
    until = Math.max(until, end);
  }
  return covered;
};

/** The milliseconds from the POST to the event at the follower in which DynamoDB's engine worked on a request. */
export const engineMs = ({ arrivedAt }: Journey, spans: Span[]): number => {
  const end = performance.timeOrigin + arrivedAt;
  const asked = spans.filter(({ name, startedAt }) => name.startsWith('DynamoDB_') && startedAt < end);
  return coveredMs(asked.map((span) => ({ ...span, ms: Math.min(span.ms, end - span.startedAt) })));
};

/** Prints a span for each step of one thought, in milliseconds since its POST. */
export const printTrace = (journey: Journey, spans: Span[]): void => {
  const zero = performance.timeOrigin + journey.startedAt;
  const row = (from: number, ms: number, name: string) =>
    `${from.toFixed(1).padStart(8)} ${ms.toFixed(1).padStart(8)}  ${name}\n`;
  process.stdout.write(`\n${'from ms'.padStart(8)} ${'ms'.padStart(8)}  hop\n`);
  const answered = journey.answeredAt - journey.startedAt;
  const arrived = journey.arrivedAt - journey.startedAt;
  process.stdout.write(row(0, answered, 'client: POST, until its answer'));
  for (const { name, startedAt, ms } of spans) {
    process.stdout.write(row(startedAt - zero, ms, name.replace('DynamoDB_20120810.', '  DynamoDB ')));
  }
  process.stdout.write(row(0, arrived, 'client: POST, until the frame'));
  process.stdout.write(
    `\n${engineMs(journey, spans).toFixed(1)} ms of ${arrived.toFixed(1)} ms the engine was at work\n`,
  );
};
