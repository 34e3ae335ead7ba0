import { Sequencer, type Step } from './sequencer.ts';
import { SocketSession, type WebSocketLike } from './socket-session.ts';
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
  onState?: (state: State) => void;
  openSocket?: (url: string) => WebSocketLike;
  random?: () => number;
  timings?: Partial<Timings>;
}

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

/** As many as a ping's frame takes. */
const PING_AUTHORS = 100;

const TIMINGS: Timings = {
  newcomerMs: 50,
  holeMs: 300,
  pingMs: 4 * 60_000,
  lifetimeMs: 115 * 60_000,
  overlapMs: 2_000,
  answerMs: 15_000,
  backoffBaseMs: 300,
  backoffCapMs: 30_000,
};

/** These channels have every change of the authors they bring; on the others numbers are missing by rights. */
const isComplete = (channel: string): boolean =>
  channel === 'timeline' || channel === 'all' || channel.startsWith('author:');

/** The smallest UUIDv7 of a millisecond. */
const idAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

/** A connection that is kept: across cuts, the idle limit and the two-hour limit. */
export class LiveClient implements AsyncIterable<ThoughtEvent> {
  readonly #options: Options;
  readonly #timings: Timings;
  readonly #sequencer = new Sequencer();
  /** The newest thought seen by each channel, from which a resume goes on. */
  readonly #newest = new Map<string, string>();
  readonly #complete = new Set<string>();
  readonly #queue: ThoughtEvent[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #wake: (() => void) | undefined;
  #session: SocketSession | undefined;
  /** Everything that is open: at a handover, two. */
  readonly #sessions = new Set<SocketSession>();
  #state: State = 'connecting';
  #attempts = 0;
  /** Changes made before this are the app's own to read. Milliseconds since 1970, by the server's clock. */
  #startedAt: number | undefined;
  #isIterated = false;
  #resuming: Promise<void> | undefined;
  #newcomerTimer: ReturnType<typeof setTimeout> | undefined;
  #holeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#timings = { ...TIMINGS, ...options.timings };
    for (const channel of ['timeline', ...(options.channels ?? [])]) this.#newest.set(channel, options.since ?? '');
    if (options.since) this.#startedAt = 0;
    void this.#connect();
  }

  get state(): State {
    return this.#state;
  }

  /** Resolves when the server has stored the subscription. It is renewed by itself with each connection. */
  async subscribe(channel: string): Promise<void> {
    const ack = await this.#session?.request({ action: 'subscribe', channel });
    const name = ack?.type === 'ack' ? ack.channel : channel;
    if (!this.#newest.has(name)) this.#newest.set(name, this.#newest.get('timeline') ?? '');
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#newest.delete(channel);
    await this.#session?.request({ action: 'unsubscribe', channel });
  }

  /** The app has read these by other means: their changes need not come any more, and what follows them is expected. */
  known(thoughts: Thought[]): void {
    for (const thought of thoughts) this.#emit(this.#sequencer.read(thought));
  }

  close(): void {
    this.#setState('closed');
    for (const timer of this.#timers) clearTimeout(timer);
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
      this.#attempts = 0;
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
      onFrame: (frame: ServerFrame) => this.#receive(frame),
      onClose: (closed: SocketSession) => this.#lost(closed),
    };
    const session = await SocketSession.open(openSocket(address), handlers, this.#timings.answerMs);
    if (this.#isClosed()) return session.close();
    this.#sessions.add(session);
    this.#session = session;
    try {
      await this.#begin(session);
    } catch (error) {
      session.close();
      throw error;
    }
    if (this.#isClosed()) return;
    this.#setState('live');
    this.#settle();
    this.#later(this.#timings.pingMs, () => this.#ping(session));
    this.#later(this.#timings.lifetimeMs, () => this.#replace(session));
    if (previous?.isOpen) this.#later(this.#timings.overlapMs, () => previous.close());
  }

  async #begin(session: SocketSession): Promise<void> {
    for (const channel of this.#newest.keys()) {
      if (channel !== 'timeline') await session.request({ action: 'subscribe', channel });
    }
    if (this.#startedAt !== undefined) return this.#resume();
    const pong = await session.request({ action: 'ping' });
    if (pong.type !== 'pong') return;
    this.#startedAt = Date.parse(pong.at);
    for (const [channel, newest] of this.#newest) if (newest === '') this.#newest.set(channel, idAt(this.#startedAt));
  }

  #lost(session: SocketSession): void {
    this.#sessions.delete(session);
    if (this.#isClosed() || session !== this.#session || this.#state !== 'live') return;
    this.#retry();
  }

  #retry(): void {
    if (this.#isClosed()) return;
    const { random = Math.random } = this.#options;
    this.#setState('waiting');
    const { backoffBaseMs, backoffCapMs } = this.#timings;
    const wait = Math.min(backoffCapMs, backoffBaseMs * 2 ** this.#attempts++) * (0.5 + random() / 2);
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
      const pong = await session.request({ action: 'ping', authors: this.#sequencer.recent(PING_AUTHORS) });
      const newest = this.#newest.get('timeline') ?? '';
      // Silence hid something: the timeline has more than was heard of.
      if (pong.type === 'pong' && pong.latest && pong.latest > newest) await this.#resume();
      if (pong.type === 'pong' && pong.seqs) await this.#catchUp(pong.seqs);
    } catch (error) {
      // The server has lost this connection, and pushes nothing to it any more.
      if (error instanceof FrameError && error.code === 'not_connected') session.close();
      // The socket is going, and its closing starts the next.
    }
  }

  /** Compares the authors' last numbers with what came; what is still on its way gets a moment. */
  async #catchUp(seqs: Record<string, number>): Promise<void> {
    const behind = () => Object.entries(seqs).filter(([author, seq]) => this.#sequencer.isBehind(author, seq));
    if (behind().length === 0) return;
    await new Promise<void>((resolve) => this.#later(this.#timings.holeMs, resolve));
    if (behind().length === 0) return;
    await this.#resume();
    for (const [author, seq] of behind()) this.#emit(this.#sequencer.skip(author, seq));
  }

  #receive(frame: ServerFrame): void {
    if (this.#isClosed()) return;
    if (frame.type === 'gap') this.#options.onGap?.({ channel: frame.channel });
    if (frame.type !== 'events') return;
    for (const event of frame.events) {
      this.#note(event);
      // While a replay is under way, an author's first event here may not be the first that was missed.
      this.#emit(this.#resuming ? this.#sequencer.hold(event) : this.#sequencer.accept(event));
    }
    this.#settle();
  }

  /** Sees to what is held, unless a replay does. */
  #settle(): void {
    if (this.#resuming || this.#isClosed()) return;
    if (this.#sequencer.newcomers.length > 0) this.#awaitNewcomers();
    if (this.#sequencer.holes.length > 0) this.#awaitHoles();
  }

  #note(event: ThoughtEvent): void {
    for (const channel of event.channels) {
      if (isComplete(channel)) this.#complete.add(event.author);
      const newest = this.#newest.get(channel);
      if (newest !== undefined && event.thoughtId > newest) this.#newest.set(channel, event.thoughtId);
    }
  }

  #awaitNewcomers(): void {
    this.#newcomerTimer ??= this.#later(this.#timings.newcomerMs, () => {
      this.#newcomerTimer = undefined;
      // Between two connections, the next one's replay may bring what comes before.
      if (this.#resuming || !this.#session?.isOpen) return;
      for (const author of this.#sequencer.newcomers) this.#emit(this.#sequencer.release(author, false));
      this.#settle();
    });
  }

  #awaitHoles(): void {
    this.#holeTimer ??= this.#later(this.#timings.holeMs, () => {
      this.#holeTimer = undefined;
      // One that fails is begun again after the same time.
      if (this.#sequencer.holes.length > 0) this.#resume().catch(() => {});
    });
  }

  /** Replays what every channel holds since the newest that was seen, then lets everything through in order. */
  #resume(): Promise<void> {
    this.#resuming ??= this.#replay().finally(() => {
      this.#resuming = undefined;
      this.#settle();
    });
    return this.#resuming;
  }

  async #replay(): Promise<void> {
    const session = this.#session;
    if (!session) throw new Error('Disconnected');
    for (const [channel, since] of [...this.#newest]) await this.#replayChannel(session, channel, since);
    for (const author of this.#sequencer.newcomers) this.#emit(this.#sequencer.release(author, false));
    for (const author of this.#sequencer.holes) this.#emit(this.#sequencer.release(author, this.#complete.has(author)));
  }

  async #replayChannel(session: SocketSession, channel: string, since: string): Promise<void> {
    let page: string | undefined;
    do {
      const frame = await session.request({ action: 'resume', channel, since, ...(page && { page }) });
      if (frame.type === 'gap') this.#options.onGap?.({ channel });
      if (frame.type !== 'events') return;
      for (const event of frame.events) {
        if (Date.parse(event.at) < (this.#startedAt ?? 0)) continue;
        this.#note(event);
        this.#emit(this.#sequencer.hold(event));
      }
      page = frame.next;
    } while (page);
  }

  #emit(steps: Step[]): void {
    for (const step of steps) {
      if (step.kind === 'gap') this.#options.onGap?.({ author: step.author });
      else {
        this.#options.onEvent?.(step.event);
        if (this.#isIterated || !this.#options.onEvent) this.#queue.push(step.event);
      }
    }
    this.#wake?.();
  }

  #later(ms: number, call: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
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
    this.#options.onState?.(state);
  }
}

/** Opens a connection and keeps it until `close`. */
export const connect = (options: Options): LiveClient => new LiveClient(options);

export { FrameError };
