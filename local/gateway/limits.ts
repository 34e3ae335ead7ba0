/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export interface GatewayLimits {
  idleMs: number;
  lifetimeMs: number;
  frameBytes: number;
  messageBytes: number;
  /** Calls of @connections a second, over all connections. */
  postsPerSecond: number;
  newConnectionsPerSecond: number;
  /** Milliseconds that a function may take to answer. */
  integrationMs: number;
}

export const AWS_LIMITS: GatewayLimits = {
  idleMs: 10 * 60_000,
  lifetimeMs: 2 * 60 * 60_000,
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  postsPerSecond: 10_000,
  newConnectionsPerSecond: 500,
  integrationMs: 29_000,
};

/** How many calls each second may have. */
export class PerSecond {
  readonly #limit: number;
  readonly #now: () => number;
  #second = -1;
  #count = 0;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether one more fits into this second. */
  take(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count++;
    return this.#count <= this.#limit;
  }
}
