/** An action of a person. `pick`, in [0, 1), chooses one of the things that exist at that time. */
export type Action =
  /** `keyless`: without an Idempotency-Key. `answer_lost`: the first answer gets lost on its way, and the person sends the post again. */
  | { kind: 'post'; topic?: string; replyPick?: number; expiresIn?: number; keyless?: 'answered' | 'answer_lost' }
  | { kind: 'edit'; pick: number }
  | { kind: 'delete'; pick: number }
  | { kind: 'react'; pick: number }
  | { kind: 'follow' | 'unfollow' | 'mute' | 'unmute' | 'block' | 'unblock'; other: string }
  | { kind: 'read'; list: 'timeline' | 'all' | 'topic' | 'author'; pick: number; limit: number }
  | { kind: 'open' | 'close' | 'cut' | 'silence'; device: number }
  | { kind: 'offline' | 'sleep'; device: number; ms: number }
  | { kind: 'repost' }
  | { kind: 'message'; others: string[] }
  | { kind: 'readConversation' | 'leaveGroup'; pick: number };

/** An action of a person, or a fault for some time. `at` and `until` are milliseconds from the start. */
export type Step =
  | { at: number; person: string; action: Action }
  /** The stream function is not invoked: records wait, and none fails. */
  | { at: number; until: number; fault: 'stream_lag' }
  /** Every push to one person's connections is throttled. */
  | { at: number; until: number; fault: 'push_throttled'; person: string }
  /** No push to one person's connections is answered in time: their sockets do not read. */
  | { at: number; until: number; fault: 'push_hangs'; person: string }
  /** Frames that carry one author's thoughts are accepted and never arrive at one person. */
  | { at: number; until: number; fault: 'push_lost'; person: string; author: string }
  | { at: number; until: number; fault: 'crashes'; rate: number }
  | { at: number; fault: 'split' }
  /** The mapping's poller ends, and another one continues from its last checkpoint. */
  | { at: number; fault: 'restart' }
  /** A time without any action passes at once: connections are closed, and timers fire late. */
  | { at: number; fault: 'leap'; ms: number };

/** Fault rates and limits of the simulated account. */
export interface RunConditions {
  /** Units a second of the table, and of one partition key: AWS's limits, scaled down to so few people. */
  tableWrites: number;
  tableReads: number;
  keyWrites: number;
  keyReads: number;
  replicaLagMs: number;
  /** Probability that a request to the table fails, or takes effect without an answer. */
  tableFails: number;
  answerLost: number;
  clockSkewMs: number;
  /** Probability that a push fails and may be retried. */
  pushFails: number;
  /** Probability that `$disconnect` never comes. */
  noDisconnect: number;
  tokenMs: number;
  shards: number;
  /** Probability that a finished batch of the stream comes again. */
  streamRepeats: number;
  /** Concurrent invocations, and requests a second, of the whole account. */
  concurrency: number;
  requestsPerSecond: number;
  pageSize: number;
  /** The number of tasks into which an audience is split. */
  width: number;
  writesPerSecond: number;
  channels: string[];
}
