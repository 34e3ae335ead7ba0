import { Sequencer, type Step } from './sequencer.ts';
import type { SocketSession } from './socket-session.ts';
import type { Timings } from './timings.ts';
import type { Gap, ServerFrame, Thought, ThoughtEvent } from './types.ts';

/** How often a hole is asked for, each time after twice as long, before it is told as a gap. */
const HOLE_TRIES = 5;
/** As many as a ping's frame takes. */
const PING_AUTHORS = 100;

/** These channels have every change of the authors they bring; on the others numbers are missing by rights. */
const isComplete = (channel: string): boolean =>
  channel === 'timeline' || channel === 'all' || channel.startsWith('author:');

/** The smallest UUIDv7 of a millisecond. */
const idAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

interface Dependencies {
  timings: Timings;
  channels: string[];
  since: string | undefined;
  onEvent: (event: ThoughtEvent) => void;
  onGap: (gap: Gap) => void;
  /** Calls later, unless the client has been closed by then. */
  later: (ms: number, call: () => void) => ReturnType<typeof setTimeout>;
}

/** What comes in by one connection after the other: put in order, held against the server's lists, and made whole. */
export class Inlet {
  readonly #deps: Dependencies;
  readonly #sequencer = new Sequencer();
  /** The newest thought seen by each channel, from which a resume goes on. */
  readonly #newest = new Map<string, string>();
  readonly #complete = new Set<string>();
  /** How often each author's hole was asked for in vain. */
  readonly #tries = new Map<string, number>();
  /** Authors of whom a replay has brought what can't be given in order any more. */
  readonly #late = new Set<string>();
  #session: SocketSession | undefined;
  /** Changes made before this are the app's own to read. Milliseconds since 1970, by the server's clock. */
  #startedAt: number | undefined;
  #resuming: Promise<void> | undefined;
  #isCatchingUp = false;
  #newcomerTimer: ReturnType<typeof setTimeout> | undefined;
  #holeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    for (const channel of ['timeline', ...deps.channels]) this.#newest.set(channel, deps.since ?? '');
    if (deps.since) this.#startedAt = 0;
  }

  /** Subscribes on a new connection, and replays what was missed since the last one. */
  async begin(session: SocketSession): Promise<void> {
    this.#session = session;
    for (const channel of this.#newest.keys()) {
      if (channel !== 'timeline') await session.request({ action: 'subscribe', channel });
    }
    if (this.#startedAt !== undefined) return this.#resume();
    const pong = await session.request({ action: 'ping' });
    if (pong.type !== 'pong') return;
    this.#startedAt = Date.parse(pong.at);
    for (const [channel, newest] of this.#newest) if (newest === '') this.#newest.set(channel, idAt(this.#startedAt));
  }

  addChannel(channel: string): void {
    if (!this.#newest.has(channel)) this.#newest.set(channel, this.#newest.get('timeline') ?? '');
  }

  removeChannel(channel: string): void {
    this.#newest.delete(channel);
  }

  known(thoughts: Thought[]): void {
    for (const thought of thoughts) this.#emit(this.#sequencer.read(thought));
  }

  /** Asks whether silence hides something, and brings what it hid. */
  async check(session: SocketSession): Promise<void> {
    const pong = await session.request({ action: 'ping', authors: this.#sequencer.recent(PING_AUTHORS) });
    if (pong.type !== 'pong') return;
    if (pong.latest && pong.latest > (this.#newest.get('timeline') ?? '')) await this.#resume();
    if (pong.seqs) await this.#catchUp(pong.seqs);
  }

  receive(frame: ServerFrame): void {
    if (frame.type === 'gap') this.#deps.onGap({ channel: frame.channel });
    if (frame.type !== 'events') return;
    for (const event of frame.events) {
      this.#note(event);
      // While a replay is under way, an author's first event here may not be the first that was missed.
      this.#emit(this.#resuming ? this.#sequencer.hold(event) : this.#sequencer.accept(event));
    }
    this.settle();
  }

  /** Sees to what is held, unless a replay does. */
  settle(): void {
    if (this.#resuming) return;
    if (this.#sequencer.newcomers.length > 0) this.#awaitNewcomers();
    if (this.#sequencer.holes.length > 0) this.#awaitHoles();
  }

  /** Compares the authors' last numbers with what came. What is still on its way gets time before it is a gap. */
  async #catchUp(seqs: Record<string, number>): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      const behind = () => Object.entries(seqs).filter(([author, seq]) => this.#sequencer.isBehind(author, seq));
      for (let tries = 0; tries <= HOLE_TRIES && behind().length > 0; tries++) {
        await new Promise<void>((resolve) => this.#deps.later(this.#deps.timings.holeMs * 2 ** tries, resolve));
        if (behind().length > 0) await this.#resume();
      }
      for (const [author, seq] of behind()) this.#emit(this.#sequencer.skip(author, seq));
    } finally {
      this.#isCatchingUp = false;
    }
  }

  #note(event: ThoughtEvent): void {
    for (const channel of event.channels) {
      if (isComplete(channel)) this.#complete.add(event.author);
      const newest = this.#newest.get(channel);
      if (newest !== undefined && event.thoughtId > newest) this.#newest.set(channel, event.thoughtId);
    }
  }

  #awaitNewcomers(): void {
    this.#newcomerTimer ??= this.#deps.later(this.#deps.timings.newcomerMs, () => {
      this.#newcomerTimer = undefined;
      // Between two connections, the next one's replay may bring what comes before.
      if (this.#resuming || !this.#session?.isOpen) return;
      for (const author of this.#sequencer.newcomers) this.#emit(this.#sequencer.release(author, false));
      this.settle();
    });
  }

  #awaitHoles(): void {
    const tries = Math.max(0, ...this.#sequencer.holes.map((author) => this.#tries.get(author) ?? 0));
    this.#holeTimer ??= this.#deps.later(this.#deps.timings.holeMs * 2 ** tries, () => {
      this.#holeTimer = undefined;
      for (const author of this.#sequencer.holes) {
        if (!this.#complete.has(author)) this.#emit(this.#sequencer.release(author, false));
      }
      // One that fails is begun again after the same time.
      if (this.#sequencer.holes.length > 0) this.#resume().catch(() => {});
    });
  }

  /** Replays what every channel holds since the newest that was seen, then lets everything through in order. */
  #resume(): Promise<void> {
    this.#resuming ??= this.#replay().finally(() => {
      this.#resuming = undefined;
      this.#tellLate();
      this.settle();
    });
    return this.#resuming;
  }

  async #replay(): Promise<void> {
    const session = this.#session;
    if (!session) throw new Error('Disconnected');
    for (const [channel, since] of [...this.#newest]) await this.#replayChannel(session, channel, since);
    for (const author of this.#sequencer.newcomers) this.#emit(this.#sequencer.release(author, false));
    for (const author of this.#sequencer.holes) {
      const tries = this.#tries.get(author) ?? 0;
      const isKnown = this.#complete.has(author);
      if (isKnown && !this.#sequencer.isExplained(author) && tries < HOLE_TRIES) {
        // What is missing may be on its way into the timeline still.
        this.#tries.set(author, tries + 1);
      } else {
        this.#tries.delete(author);
        this.#emit(this.#sequencer.release(author, isKnown));
      }
    }
  }

  async #replayChannel(session: SocketSession, channel: string, since: string): Promise<void> {
    let page: string | undefined;
    do {
      const frame = await session.request({ action: 'resume', channel, since, ...(page && { page }) });
      if (frame.type === 'gap') this.#deps.onGap({ channel });
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
      if (step.kind === 'event') this.#deps.onEvent(step.event);
      else if (this.#resuming) this.#late.add(step.author);
      else this.#deps.onGap({ author: step.author });
    }
  }

  /** One reading makes up for all that a replay found to be late. */
  #tellLate(): void {
    const authors = [...this.#late];
    this.#late.clear();
    for (const author of authors) this.#deps.onGap({ author });
  }
}
