import { vi } from 'vitest';
import type { MappingRuntime } from '../../local/event-source-mapping/batch-run.ts';
import type { Destination } from '../../local/event-source-mapping/destination.ts';
import { Lane } from '../../local/event-source-mapping/lane.ts';
import type { StreamRecord } from '../../local/event-source-mapping/records.ts';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';
import { TumblingWindow } from '../../local/event-source-mapping/tumbling-window.ts';
import { fakeRecord, placeOf, STREAM_ARN } from './fake-stream.ts';

/** Time that moves on only when somebody sleeps. */
export class FakeRuntime implements MappingRuntime {
  #now = Date.parse('2026-01-02T03:04:05.678Z');
  #ids = 0;
  readonly sleeps: number[] = [];

  now = (): number => this.#now;
  newId = (): string => `id-${++this.#ids}`;
  /** Called in every sleep. */
  onSleep = (): void => {};

  sleep = async (ms: number): Promise<void> => {
    this.#now += ms;
    this.sleeps.push(ms);
    this.onSleep();
  };

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** An event of a mapping that has a tumbling window. */
export interface WindowEvent {
  Records: StreamRecord[];
  window: { start: string; end: string };
  state: Record<string, unknown>;
  shardId: string;
  eventSourceARN: string;
  isFinalInvokeForWindow: boolean;
  isWindowTerminatedEarly: boolean;
}

export interface LaneRunOptions {
  /** As a `stream` event of serverless.yml. */
  event?: Record<string, unknown>;
  /** The places of the records of a batch, how often a batch came before, and the records themselves. */
  handler?: (places: number[], invocation: number, records: StreamRecord[]) => unknown;
  destination?: Destination;
}

/** One lane in a runtime without real time, and what it did. */
export class LaneRun {
  readonly runtime = new FakeRuntime();
  /** The places of the records of each invocation. */
  readonly invocations: number[][] = [];
  /** The whole events, in particular what a tumbling window adds. */
  readonly events: WindowEvent[] = [];
  readonly done: number[] = [];
  readonly reports: string[] = [];
  readonly onRetry = vi.fn();
  readonly lane: Lane;
  isStopped = false;

  constructor({ event = {}, handler = () => undefined, destination }: LaneRunOptions = {}) {
    const settings = readMappingSettings({ functionResponseType: 'ReportBatchItemFailures', ...event });
    const { tumblingWindowMs: lengthMs } = settings;
    const window = lengthMs > 0 ? new TumblingWindow({ lengthMs, shard: 'shard-1', streamArn: STREAM_ARN }) : undefined;
    this.lane = new Lane({
      shard: 'shard-1',
      functionName: 'stream',
      settings,
      window,
      invoke: async (event) => {
        this.events.push(event as never);
        const { Records } = event;
        const places = Records.map(placeOf);
        this.invocations.push(places);
        return handler(places, this.invocations.length - 1, Records);
      },
      destination,
      runtime: this.runtime,
      isStopped: () => this.isStopped,
      onDone: (record) => this.done.push(placeOf(record)),
      onRetry: this.onRetry,
      report: (message) => this.reports.push(message),
    });
  }

  /** Hands over so many records at once. */
  push(count: number, text = ''): void {
    for (let at = 0; at < count; at++) this.lane.push(fakeRecord({ item: 'alice', at, text }));
  }

  async process(count: number, text = ''): Promise<void> {
    this.push(count, text);
    await this.lane.idle();
  }
}

/** The answer that reports the records at these places. */
export const failed = (...places: number[]) => ({
  batchItemFailures: places.map((at) => ({ itemIdentifier: fakeRecord({ item: '', at }).dynamodb.SequenceNumber })),
});

/** A destination that keeps what it is given, once it works. */
export const keptObjects = ({ failures = 0 } = {}) => {
  const objects: { key: string; body: FailureBody }[] = [];
  let attempts = 0;
  const destination: Destination = async ({ key, body }) => {
    if (++attempts <= failures) throw new Error('SlowDown');
    objects.push({ key, body: JSON.parse(body) });
  };
  return { objects, destination, attempts: () => attempts };
};

export interface FailureBody {
  requestContext: { condition: string; approximateInvokeCount: number; functionArn: string; requestId: string };
  responseContext: object;
  version: string;
  timestamp: string;
  DDBStreamBatchInfo: Record<string, unknown>;
  payload: string;
}

/** The places of the records that an object of the destination holds. */
export const placesIn = ({ payload }: FailureBody): number[] =>
  (JSON.parse(payload) as { Records: StreamRecord[] }).Records.map(placeOf);
