/** A time that does not come. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Milliseconds. */
export interface Timings {
  /** How long an author's first event waits for an earlier one. */
  newcomerMs: number;
  /**
   * How long an event waits for the one before it, before a resume asks for it: about this long, for a random part is
   * in it. Longer than two lanes of a stream are apart, so that a late event is not asked for by everybody.
   */
  holeMs: number;
  /** Milliseconds after a subscription until its list has what was made before it. An index is at most 2 s late, mostly under 1 s. */
  settleMs: number;
  /** How often the server is asked whether it has missed a push. Under the 10 minutes after which API Gateway cuts. */
  pingMs: number;
  /** How often the numbers of the authors are compared, beside once after each reconnect. */
  checkMs: number;
  /** Within this time a dead socket is noticed, when nothing else tells. Each heartbeat is a message that costs. */
  silenceMs: number;
  /** How long the server may take to issue a ticket, to accept a connection, or to answer, before it counts as gone. */
  answerMs: number;
  /**
   * How often the clock is looked at, to notice that the machine has slept. A timer may go on where the sleep stopped it: with
   * `answerMs`, a dead socket is noticed within 14 s of the waking.
   */
  tickMs: number;
  /** Under the 2 hours after which API Gateway cuts any connection. */
  lifetimeMs: number;
  /** So long before the login ends, the next connection takes over. */
  loginMarginMs: number;
  /** How long the old connection stays open beside its successor. */
  overlapMs: number;
  /** After a connection was lost the next is opened at a random moment within this time, so that not all come at once. */
  spreadMs: number;
  backoffBaseMs: number;
  backoffCapMs: number;
}

export const TIMINGS: Timings = {
  newcomerMs: 200,
  holeMs: 1_000,
  settleMs: 5_000,
  pingMs: 4 * 60_000,
  checkMs: 10 * 60_000,
  silenceMs: 2 * 60_000,
  answerMs: 7_000,
  tickMs: 7_000,
  lifetimeMs: 115 * 60_000,
  loginMarginMs: 60_000,
  overlapMs: 2_000,
  spreadMs: 2_000,
  backoffBaseMs: 300,
  backoffCapMs: 30_000,
};
