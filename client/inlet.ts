import { authorOf, isComplete, isLoose } from './channels.ts';
import { HOLE_TRIES, Holes } from './holes.ts';
import type { Runtime } from './runtime.ts';
import { Sequencer, type Step } from './sequencer.ts';
import type { SocketSession } from './socket-session.ts';
import { Subscriptions } from './subscriptions.ts';
import type { Timings } from './timings.ts';
import type { FrameError, Gap, ServerFrame, Thought, ThoughtEvent } from './types.ts';
import { Watermarks } from './watermarks.ts';

/** No pong counts more, and a replay from so many back begins early enough to be whole. */
const MAX_COUNT = 500;
const MAX_REWIND = 350;
/** As many as a ping's frame takes. */
const PING_AUTHORS = 100;

interface Dependencies {
  runtime: Runtime;
  timings: Timings;
  channels: string[];
  since: string | undefined;
  onEvent: (event: ThoughtEvent) => void;
  onGap: (gap: Gap) => void;
  onRefused: (channel: string, error: FrameError) => void;
  /** Calls later, unless the client has been closed by then. */
  later: (ms: number, call: () => void) => unknown;
}

/** What comes in by one connection after the other: put in order, held against the server's lists, and made whole. */
export class Inlet {
  readonly #deps: Dependencies;
  readonly #sequencer = new Sequencer();
  readonly #marks: Watermarks;
  readonly subscriptions: Subscriptions;
  readonly #complete = new Set<string>();
  readonly #holes: Holes;
  /** Authors of whom a replay has brought what can't be given in order any more. */
  readonly #late = new Set<string>();
  #session: SocketSession | undefined;
  /** Changes made before this are the app's own to read. Milliseconds since 1970, by the server's clock. */
  #startedAt: number | undefined;
  #resuming: Promise<void> | undefined;
  #isCatchingUp = false;
  #newcomerTimer: unknown;
  #holeTimer: unknown;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#holes = new Holes(deps.timings.holeMs);
    this.#marks = new Watermarks(deps.channels, deps.since);
    this.subscriptions = new Subscriptions(this.#marks);
    if (deps.since) this.#startedAt = 0;
  }

  /**
   * Subscribes on a new connection, and replays what was missed since the last one.
   * @param isHandover the last one is open still
   */
  async begin(session: SocketSession, isHandover: boolean): Promise<void> {
    this.#session = session;
    this.subscriptions.begin(session);
    this.#marks.freeze();
    await this.subscriptions.addAll(this.#deps.onRefused);
    const isFirst = this.#startedAt === undefined;
    if (isFirst) await this.#start(session);
    else await this.#resumeAnew();
    await this.subscriptions.addAll(this.#deps.onRefused);
    if (!session.isOpen) throw new Error('Disconnected');
    // A replay shows what was made since, and not which older thought was changed or taken away meanwhile.
    if (isFirst || isHandover) return;
    for (const channel of this.#marks.channels) if (isLoose(channel)) this.#deps.onGap({ channel });
  }

  known(thoughts: Thought[]): void {
    for (const thought of thoughts) this.#emit(this.#sequencer.read(thought));
  }

  /** Asks whether silence hides something, and brings what it hid. */
  async check(session: SocketSession): Promise<void> {
    const pong = await this.#ping(session);
    if (!pong) return;
    const { count = 0, latest = '' } = pong;
    const isShort = () => this.#marks.isShort(count) || (count >= MAX_COUNT && latest > this.#marks.since('timeline'));
    // What is stored may be on its way still.
    if (isShort()) await this.#wait(this.#deps.timings.holeMs);
    if (isShort()) {
      if (count <= MAX_REWIND) this.#marks.rewind();
      await this.#resumeAnew();
    }
    this.#marks.recount(Date.parse(pong.at));
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
    const { holes } = this.#sequencer;
    const dueInMs = this.#holes.update(holes, this.#deps.runtime.now());
    if (this.#sequencer.newcomers.length > 0) this.#awaitNewcomers();
    if (holes.length > 0) this.#awaitHoles(dueInMs);
  }

  async #start(session: SocketSession): Promise<void> {
    const pong = await this.#ping(session);
    if (!pong) return;
    this.#startedAt = Date.parse(pong.at);
    this.#marks.start(this.#startedAt);
  }

  async #ping(session: SocketSession): Promise<Extract<ServerFrame, { type: 'pong' }> | undefined> {
    const ofChannels = [...this.#marks.channels].flatMap(authorOf);
    const others = this.#sequencer.nextAuthors(Math.max(0, PING_AUTHORS - ofChannels.length));
    const authors = [...new Set([...ofChannels, ...others])].slice(0, PING_AUTHORS);
    const since = this.#marks.countedFrom;
    const pong = await session.request({ action: 'ping', authors, ...(since && { since }) });
    if (pong.type !== 'pong') return undefined;
    for (const author of authors) {
      const seq = pong.seqs?.[author];
      if (seq !== undefined) {
        // An event that this number counts may be on its way still.
        this.#deps.later(this.#deps.timings.newcomerMs, () => this.#emit(this.#sequencer.expect(author, seq)));
      } else if (!this.#marks.has('all')) {
        // Whom the server doesn't answer for is followed no more: numbers may be missing by rights.
        this.#complete.delete(author);
      }
    }
    return pong;
  }

  /** Compares the authors' last numbers with what came. What is still on its way gets time before it is a gap. */
  async #catchUp(seqs: Record<string, number>): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      const behind = () => Object.entries(seqs).filter(([author, seq]) => this.#sequencer.isBehind(author, seq));
      for (let tries = 0; tries <= HOLE_TRIES && behind().length > 0; tries++) {
        await this.#wait(this.#deps.timings.holeMs * 2 ** tries);
        if (behind().length > 0) await this.#resume();
      }
      for (const [author, seq] of behind()) this.#emit(this.#sequencer.skip(author, seq));
    } finally {
      this.#isCatchingUp = false;
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.later(ms, resolve));
  }

  #note(event: ThoughtEvent): void {
    for (const channel of event.channels) {
      if (isComplete(channel)) this.#complete.add(event.author);
      this.#marks.note(channel, event.thoughtId);
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

  #awaitHoles(inMs: number): void {
    this.#holeTimer ??= this.#deps.later(inMs, () => {
      this.#holeTimer = undefined;
      const due = this.#sequencer.holes.filter((author) => this.#holes.isDue(author, this.#deps.runtime.now()));
      for (const author of due) {
        if (!this.#complete.has(author)) this.#emit(this.#sequencer.release(author, false));
      }
      if (!due.some((author) => this.#complete.has(author))) return this.settle();
      this.#resume().catch(() => this.#holes.postpone(this.#deps.runtime.now()));
    });
  }

  /** One that is under way may have begun before what is asked for now. */
  async #resumeAnew(): Promise<void> {
    await this.#resuming?.catch(() => {});
    await this.#resume();
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
    const marks = [...this.#marks.channels].map((channel) => [channel, this.#marks.since(channel)] as const);
    for (const [channel, since] of marks) await this.#replayChannel(session, channel, since);
    this.#marks.replayed();
    for (const author of this.#sequencer.newcomers) this.#emit(this.#sequencer.release(author, false));
    for (const author of this.#sequencer.holes) {
      const isKnown = this.#complete.has(author);
      const isLost = isKnown && !this.#sequencer.isExplained(author);
      // What is missing may be on its way into the timeline still.
      if (isLost && this.#holes.mayAskAgain(author, this.#deps.runtime.now())) continue;
      this.#emit(this.#sequencer.release(author, isKnown));
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
