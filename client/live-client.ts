import { Inlet } from './inlet.ts';
import { platform, type Runtime } from './runtime.ts';
import { SocketSession, type WebSocketLike } from './socket-session.ts';
import { TIMINGS, type Timings } from './timings.ts';
import { FrameError, type Gap, type ServerFrame, type State, type Thought, type ThoughtEvent } from './types.ts';

export interface Options {
  /** The WebSocket API's address: `wss://…`. */
  url: string;
  /** Gets a fresh ticket (`POST /tickets`), once for each connection. */
  ticket: () => Promise<string>;
  channels?: string[];
  /** The id of the last event, or thought, that the app has: what came since is replayed first. */
  since?: string;
  /** Each event once, each author's in order. */
  onEvent?: (event: ThoughtEvent) => void;
  /** Read this anew. */
  onGap?: (gap: Gap) => void;
  /** The server does not take this channel; the others go on without it. */
  onRefused?: (channel: string, error: FrameError) => void;
  onState?: (state: State) => void;
  openSocket?: (url: string) => WebSocketLike;
  /** The time, the timers and the random numbers; the platform's when left out. */
  runtime?: Runtime;
  timings?: Partial<Timings>;
}

/** An app's error is the app's to see, and must not keep the next event from it. */
const safely = (call: () => void): void => {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/** A connection that is kept: across cuts, the idle limit and the two-hour limit. */
export class LiveClient implements AsyncIterable<ThoughtEvent> {
  readonly #options: Options;
  readonly #timings: Timings;
  readonly #runtime: Runtime;
  readonly #inlet: Inlet;
  readonly #queue: ThoughtEvent[] = [];
  readonly #timers = new Set<unknown>();
  #wake: (() => void) | undefined;
  #session: SocketSession | undefined;
  /** Everything that is open: at a handover, two. */
  readonly #sessions = new Set<SocketSession>();
  #state: State = 'connecting';
  #attempts = 0;
  #isIterated = false;

  constructor(options: Options) {
    this.#options = options;
    this.#timings = { ...TIMINGS, ...options.timings };
    this.#runtime = options.runtime ?? platform;
    this.#inlet = new Inlet({
      runtime: this.#runtime,
      timings: this.#timings,
      channels: options.channels ?? [],
      since: options.since,
      onEvent: (event) => this.#give(event),
      onGap: (gap) => safely(() => options.onGap?.(gap)),
      onRefused: (channel, error) => safely(() => options.onRefused?.(channel, error)),
      later: (ms, call) => this.#later(ms, call),
    });
    void this.#connect();
  }

  get state(): State {
    return this.#state;
  }

  /**
   * Resolves when the server has stored the subscription; at once while not connected, for it comes with the next
   * connection then, as with each one after.
   */
  async subscribe(channel: string): Promise<void> {
    await this.#inlet.subscriptions.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#inlet.subscriptions.remove(channel);
  }

  /** The app has read these by other means: their changes need not come any more, and what follows them is expected. */
  known(thoughts: Thought[]): void {
    this.#inlet.known(thoughts);
  }

  close(): void {
    this.#setState('closed');
    for (const timer of this.#timers) this.#runtime.clearTimeout(timer);
    this.#timers.clear();
    for (const session of this.#sessions) session.close();
    this.#wake?.();
  }

  /** The events, one after the other, until `close`. */
  async *[Symbol.asyncIterator](): AsyncIterator<ThoughtEvent> {
    this.#isIterated = true;
    for (;;) {
      const event = this.#queue.shift();
      if (event) yield event;
      else if (this.#state === 'closed') return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #connect(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#setState('connecting');
    try {
      await this.#open();
    } catch {
      this.#retry();
    }
  }

  /** Opens a connection, subscribes, closes the hole since the last one, and only then lets the last one go. */
  async #open(): Promise<void> {
    const { url, ticket, openSocket = (address) => new WebSocket(address) } = this.#options;
    const address = `${url}?ticket=${encodeURIComponent(await ticket())}`;
    const previous = this.#session;
    const handlers = {
      onFrame: (frame: ServerFrame) => {
        if (!this.#isClosed()) this.#inlet.receive(frame);
      },
      onClose: (closed: SocketSession) => this.#lost(closed),
    };
    const session = await SocketSession.open(openSocket(address), handlers, this.#timings.answerMs, this.#runtime);
    if (this.#isClosed()) return session.close();
    this.#sessions.add(session);
    this.#session = session;
    try {
      await this.#inlet.begin(session, previous?.isOpen === true);
    } catch (error) {
      session.close();
      throw error;
    }
    if (this.#isClosed()) return;
    this.#setState('live');
    this.#inlet.settle();
    // One that is closed soon after each opening is tried less and less often too.
    this.#later(this.#timings.backoffCapMs, () => {
      if (session === this.#session && session.isOpen) this.#attempts = 0;
    });
    this.#later(this.#timings.pingMs, () => this.#ping(session));
    this.#later(this.#timings.lifetimeMs, () => this.#replace(session));
    if (previous?.isOpen) this.#later(this.#timings.overlapMs, () => previous.close());
  }

  #lost(session: SocketSession): void {
    this.#sessions.delete(session);
    if (this.#isClosed() || session !== this.#session || this.#state !== 'live') return;
    this.#retry();
  }

  #retry(): void {
    if (this.#isClosed()) return;
    this.#setState('waiting');
    const { backoffBaseMs, backoffCapMs } = this.#timings;
    const wait = Math.min(backoffCapMs, backoffBaseMs * 2 ** this.#attempts++) * (0.5 + this.#runtime.random() / 2);
    this.#later(wait, () => void this.#connect());
  }

  /** The handover: the next connection is up before this one ends. */
  #replace(session: SocketSession): void {
    if (session !== this.#session || !session.isOpen) return;
    this.#open().catch(() => this.#later(this.#timings.backoffBaseMs * 10, () => this.#replace(session)));
  }

  async #ping(session: SocketSession): Promise<void> {
    if (session !== this.#session || !session.isOpen) return;
    this.#later(this.#timings.pingMs, () => this.#ping(session));
    try {
      await this.#inlet.check(session);
    } catch (error) {
      // The server has lost this connection, and pushes nothing to it any more.
      if (error instanceof FrameError && error.code === 'not_connected') session.close();
      // The socket is going, and its closing starts the next.
    }
  }

  #give(event: ThoughtEvent): void {
    safely(() => this.#options.onEvent?.(event));
    if (this.#isIterated || !this.#options.onEvent) this.#queue.push(event);
    this.#wake?.();
  }

  #later(ms: number, call: () => void): unknown {
    const timer = this.#runtime.setTimeout(() => {
      this.#timers.delete(timer);
      call();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #setState(state: State): void {
    if (this.#state === 'closed' || state === this.#state) return;
    this.#state = state;
    safely(() => this.#options.onState?.(state));
  }
}

/** Opens a connection and keeps it until `close`. */
export const connect = (options: Options): LiveClient => new LiveClient(options);

export { FrameError };
