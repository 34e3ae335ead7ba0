/** Milliseconds. */
export interface Timings {
  /** How long an author's first event waits for an earlier one. */
  newcomerMs: number;
  /** How long an event waits for the one before it, before a resume asks for it. */
  holeMs: number;
  /** Under the 10 minutes after which API Gateway cuts an idle connection. */
  pingMs: number;
  /** Under the 2 hours after which it cuts any connection. */
  lifetimeMs: number;
  /** How long the old connection stays open beside its successor. */
  overlapMs: number;
  /** How long the server may take to accept a connection, or to answer, before it counts as gone. */
  answerMs: number;
  backoffBaseMs: number;
  backoffCapMs: number;
}

export const TIMINGS: Timings = {
  newcomerMs: 200,
  holeMs: 300,
  pingMs: 4 * 60_000,
  lifetimeMs: 115 * 60_000,
  overlapMs: 2_000,
  answerMs: 15_000,
  backoffBaseMs: 300,
  backoffCapMs: 30_000,
};
