/** What a person does. `pick` is in [0, 1) and chooses among what there is when its time has come. */
export type Action =
  | { kind: 'post'; topic?: string; replyPick?: number; expiresIn?: number }
  | { kind: 'edit'; pick: number }
  | { kind: 'delete'; pick: number }
  | { kind: 'react'; pick: number }
  | { kind: 'follow' | 'unfollow' | 'mute' | 'unmute' | 'block' | 'unblock'; other: string }
  | { kind: 'read'; list: 'timeline' | 'all' | 'topic' | 'author'; pick: number; limit: number }
  | { kind: 'open' | 'close' | 'cut' | 'silence'; device: number }
  | { kind: 'offline' | 'sleep'; device: number; ms: number }
  | { kind: 'repost' }
  | { kind: 'tell'; others: string[] }
  | { kind: 'readTalk'; pick: number };

/** An action of a person, or a time in which something is broken. `at` and `until` are milliseconds from the start. */
export type Step =
  | { at: number; person: string; action: Action }
  /** The stream's function is not invoked: records wait, and none fails. */
  | { at: number; until: number; fault: 'stream_lag' }
  /** Every push to one person's connections is throttled. */
  | { at: number; until: number; fault: 'push_throttled'; person: string }
  /** Frames that carry one author's thoughts are accepted and never arrive at one person. */
  | { at: number; until: number; fault: 'push_lost'; person: string; author: string }
  | { at: number; until: number; fault: 'crashes'; rate: number }
  | { at: number; fault: 'split' }
  /** The mapping's poller ends, and another goes on from its last checkpoint. */
  | { at: number; fault: 'restart' }
  /** A time in which nobody does anything passes at once: what was open is closed, and timers ring late. */
  | { at: number; fault: 'leap'; ms: number };

/** How the account is, and what it is allowed. */
export interface Weather {
  /** Units a second of the table, and of one partition key: AWS's limits, scaled to as few people as these. */
  tableWrites: number;
  tableReads: number;
  keyWrites: number;
  keyReads: number;
  replicaLagMs: number;
  /** How likely a request of the table fails, or counts and is not answered. */
  tableFails: number;
  answerLost: number;
  clockSkewMs: number;
  /** How likely a push fails and may be repeated. */
  pushFails: number;
  /** How likely `$disconnect` never comes. */
  noDisconnect: number;
  tokenMs: number;
  shards: number;
  /** How likely a batch of the stream that was done comes again. */
  streamRepeats: number;
  /** Invocations side by side, and requests a second, of the whole account. */
  concurrency: number;
  requestsPerSecond: number;
  pageSize: number;
  /** Into how many tasks an audience is cut. */
  width: number;
  writesPerSecond: number;
  channels: string[];
}
