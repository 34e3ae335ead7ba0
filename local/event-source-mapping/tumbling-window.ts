import type { StreamRecord } from './records.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html: 1 MB a shard. */
const MAX_STATE_BYTES = 1024 * 1024;
/** AWS waits for late records up to 2 minutes after the end of a window. Here they are read within milliseconds. */
const LATE_MS = 1_000;

/** A window whose final invocation is still to come. */
export interface OpenWindow {
  /** Milliseconds since 1970, a multiple of the length. */
  start: number;
  /** The function's last answer; an empty object before the first one. */
  state: unknown;
}

/** Why an invocation without records takes place. */
export type Closing = 'final' | 'early';

/** Lambda takes an answer without `state` for a failed invocation. */
export const hasState = (answer: unknown): answer is { state: unknown } => {
  const { state } = (answer ?? {}) as { state?: unknown };
  return state !== undefined && state !== null;
};

export interface WindowSource {
  lengthMs: number;
  shard: string;
  streamArn: string;
}

/**
 * The tumbling window of a shard: state that goes from one invocation to the next, for all records of a period.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export class TumblingWindow {
  readonly #source: WindowSource;
  #open: OpenWindow | undefined;

  /** @param open the window that was open when the mapping stopped */
  constructor(source: WindowSource, open?: OpenWindow) {
    this.#source = source;
    this.#open = open;
  }

  get open(): OpenWindow | undefined {
    return this.#open;
  }

  /** Opens the window of a record. One that is open stays so, with its state. */
  openFor(record: StreamRecord): void {
    this.#open ??= { start: this.#startOf(record), state: {} };
  }

  /** Whether a record is of the open window; true when none is open. */
  takes(record: StreamRecord): boolean {
    return !this.#open || this.#open.start === this.#startOf(record);
  }

  /** Milliseconds until the open window is over; 0 when none is open. */
  msLeft(now: number): number {
    if (!this.#open) return 0;
    return Math.max(0, this.#open.start + this.#source.lengthMs + LATE_MS - now);
  }

  /** What an event has beside its records. */
  fields(closing?: Closing): object {
    const { lengthMs, shard, streamArn } = this.#source;
    const { start, state } = this.#open ?? { start: 0, state: {} };
    return {
      window: { start: isoTime(start), end: isoTime(start + lengthMs) },
      // The function may do with its copy what it wants.
      state: structuredClone(state),
      shardId: shard,
      eventSourceARN: streamArn,
      isFinalInvokeForWindow: closing === 'final',
      isWindowTerminatedEarly: closing === 'early',
    };
  }

  keep(state: unknown): void {
    if (this.#open) this.#open = { ...this.#open, state };
  }

  /** Whether the state has more than Lambda keeps, which ends the window early. */
  get isTooLarge(): boolean {
    return Buffer.byteLength(JSON.stringify(this.#open?.state ?? {})) > MAX_STATE_BYTES;
  }

  /** A final invocation ends the window. A window that was terminated early goes on with an empty state. */
  close(closing: Closing): void {
    this.#open = closing === 'early' && this.#open ? { ...this.#open, state: {} } : undefined;
  }

  #startOf({ dynamodb }: StreamRecord): number {
    const { lengthMs } = this.#source;
    return Math.floor((dynamodb.ApproximateCreationDateTime * 1_000) / lengthMs) * lengthMs;
  }
}

/** `2026-11-21T17:00:00Z` */
const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
