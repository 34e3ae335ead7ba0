import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Eraser } from '../erasure/eraser.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import { PushBuffer } from '../push/push-buffer.ts';
import { PushScheduler } from '../push/push-scheduler.ts';
import type { Pusher } from '../push/pusher.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isTransient } from '../runtime/transient.ts';
import { TableBusyError } from '../table/table.ts';
import { clockSkew } from './clock-skew.ts';
import { decodeErasure, decodeRecord } from './decode.ts';
import type { RecordMetrics } from './metrics.ts';
import { type RecordOutcome, runBatch } from './run-batch.ts';

/** Keeps whole records that can never succeed. */
export interface Parking {
  park(record: DynamoDBRecord, error: unknown): Promise<void>;
}

interface Dependencies {
  fanOut: FanOut;
  eraser: Pick<Eraser, 'goOn'>;
  pusher: Pusher;
  lifecycle: Pick<ConnectionLifecycle, 'close' | 'gone'>;
  parking: Parking;
  /** Notes on a connection of which channels a push was missed. */
  markMissed: (connectionId: string, channels: string[]) => Promise<void>;
  /** The time, and how to wait. */
  runtime: Pick<Runtime, 'now' | 'sleep'>;
  /** Gets the figures of each invocation; not set on a laptop. */
  note?: RecordMetrics | undefined;
}

/** Start another chunk only with this much time left; keep this much for the last pushes. Milliseconds. */
const CHUNK_RESERVE_MS = 6_000;
const FINAL_RESERVE_MS = 3_000;
/** Batch writes end this long before the last pushes, in milliseconds. */
const PUSH_RESERVE_MS = 1_000;

export const createStreamHandler = (deps: Dependencies) => {
  const { eraser, fanOut, pusher, lifecycle, parking, markMissed, runtime, note } = deps;
  const { now } = runtime;
  return async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    const pushBuffer = new PushBuffer();
    const deadline = now() + context.getRemainingTimeInMillis() - FINAL_RESERVE_MS;
    const scheduler = new PushScheduler({ pusher, pushBuffer, lifecycle, runtime, deadline, mark: markMissed });
    const hasTime = () => context.getRemainingTimeInMillis() > CHUNK_RESERVE_MS;
    const invocation = { pushBuffer, hasTime, deadline: deadline - PUSH_RESERVE_MS };

    const handle = async (record: DynamoDBRecord): Promise<RecordOutcome> => {
      // A record that was not started comes again at once, and has cost nothing.
      if (!hasTime()) return { kind: 'failed', error: new TableBusyError('No time is left for this record') };
      const ahead = clockSkew(record);
      if (ahead) console.warn(JSON.stringify({ message: 'clock_ahead', ...ahead }));
      try {
        const erased = decodeErasure(record);
        const change = erased ? undefined : decodeRecord(record);
        if (erased) await eraser.goOn(erased.username, hasTime, erased.step);
        if (change) await fanOut.handle(change, invocation);
        return { kind: 'done' };
      } catch (error) {
        if (isTransient(error)) return { kind: 'failed', error };
        return park(record, error);
      }
    };

    const park = async (record: DynamoDBRecord, error: unknown): Promise<RecordOutcome> => {
      try {
        await parking.park(record, error);
        return { kind: 'parked' };
      } catch (parkingError) {
        return { kind: 'failed', error: parkingError };
      }
    };

    const report = await runBatch(event.Records, handle);
    const pushed = await scheduler.finish();
    const { done, parked, failed } = report;
    const failures = failed.map(({ sequenceNumber, error }) => ({ sequenceNumber, error: String(error) }));
    if (parked > 0 || failed.length > 0 || pushed.missed > 0) {
      console.warn(JSON.stringify({ message: 'batch', done, parked, failures, pushed }));
    }
    note?.({ records: event.Records, done, parked, failed: failed.length, pushed, pushedAt: now() });
    return report.response;
  };
};
