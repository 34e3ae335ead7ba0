import { vi } from 'vitest';
import { type Checkpoints, MemoryCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import type { StreamRecord } from '../../local/event-source-mapping/records.ts';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';
import type { FakeStream } from './fake-stream.ts';

export interface MappingRunOptions {
  stream: FakeStream;
  /** As a `stream` event of serverless.yml. */
  event?: Record<string, unknown>;
  handler?: (records: StreamRecord[], event: object) => unknown;
  checkpoints?: Checkpoints;
  pollMs?: number | undefined;
}

/** A mapping over a fake stream, and what it did. Needs fake timers, and `advanceUntil` to move them. */
export class MappingRun {
  readonly mapping: EventSourceMapping;
  /** Every record of every invocation. */
  readonly delivered: StreamRecord[] = [];
  readonly reports: string[] = [];

  private constructor({
    stream,
    event = {},
    handler,
    checkpoints = new MemoryCheckpoints(),
    pollMs,
  }: MappingRunOptions) {
    this.mapping = new EventSourceMapping({
      source: stream,
      settings: readMappingSettings({ functionResponseType: 'ReportBatchItemFailures', ...event }),
      functionName: 'stream',
      invoke: async (event) => {
        this.delivered.push(...event.Records);
        return handler?.(event.Records, event);
      },
      checkpoints,
      ...(pollMs !== undefined && { pollMs }),
      report: (message) => this.reports.push(message),
    });
  }

  static async start(options: MappingRunOptions): Promise<MappingRun> {
    const run = new MappingRun(options);
    await run.mapping.start();
    return run;
  }

  /** Stops, and moves fake time on meanwhile, for a function that still waits. */
  async stop(): Promise<void> {
    let isStopped = false;
    const stopped = this.mapping.stop().finally(() => {
      isStopped = true;
    });
    await advanceUntil('the mapping to stop', () => isStopped);
    await stopped;
  }
}

/** Moves fake time on until something holds. @throws Error that names it, when it doesn't in time */
export const advanceUntil = async (what: string, holds: () => boolean, withinMs = 60_000): Promise<void> => {
  for (let passed = 0; !holds(); passed += 10) {
    if (passed > withinMs) throw new Error(`Gave up after ${withinMs} ms of fake time of waiting for ${what}`);
    await vi.advanceTimersByTimeAsync(10);
  }
};
