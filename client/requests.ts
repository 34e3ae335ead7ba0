import { type Channel, idAt } from './channels.ts';
import type { Context } from './context.ts';
import type { Asked, Link } from './link.ts';
import type { Receiver } from './receiver.ts';
import { EVERY_CHANNEL, Replays } from './replays.ts';
import { REFUSALS, request, send } from './send.ts';
import { Subscriptions } from './subscriptions.ts';
import { type ClientFrame, LiveError, type ServerFrame } from './types.ts';

type Of<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

/** A check after a reconnect asks about so many hundreds of authors. */
const CHECK_FRAMES = 3;

/** The type of the frame that answers each request. */
const ANSWERS: { [Action in Asked['action']]?: ServerFrame['type'] } = {
  subscribe: 'ack',
  unsubscribe: 'ack',
  typing: 'ack',
  resume: 'replay',
  history: 'history',
  ping: 'pong',
  check: 'pong',
};

/** What is asked of the server, and what becomes of the answers. */
export class Requests {
  readonly #context: Context;
  readonly #receiver: Receiver;
  readonly #replays: Replays;
  readonly #subscriptions: Subscriptions;
  /** The connection may have become live. */
  readonly #onProgress: (link: Link) => void;
  /** A pong was lost. It may have named missed pushes, and the server has forgotten them. */
  #isPongLost = false;

  constructor(context: Context, receiver: Receiver, onProgress: (link: Link) => void) {
    this.#context = context;
    this.#receiver = receiver;
    this.#replays = new Replays(context, receiver);
    this.#subscriptions = new Subscriptions(context, receiver, this.#replays);
    this.#onProgress = onProgress;
  }

  /** Everything that has begun is replayed. */
  replayAll(): void {
    this.#replays.replayAll();
  }

  /** It is wanted no more. */
  forget(channel: Channel): void {
    this.#subscriptions.forget(channel);
  }

  /** A connection has opened: everything is asked for anew on it. */
  join(link: Link): void {
    const receiver = this.#receiver;
    const { channels } = this.#context;
    channels.loseAll();
    for (const channel of channels) {
      channel.retryAt = 0;
      channel.failures = 0;
    }
    this.replayAll();
    // Conversations are not replayed again, and what waited for a replay on the old connection waits for one on this.
    receiver.holes.recheck();
    receiver.holes.tick();
    if (receiver.startedAt === undefined) this.check(link, 1);
  }

  /** Whether a joining connection has all that there is to be had. */
  isJoined(link: Link): boolean {
    if (this.#receiver.startedAt === undefined) return false;
    for (const channel of this.#context.channels) {
      if (!channel.isWanted || channel.failures > 0) continue;
      if (channel.need !== undefined || channel.replay || !link.hears(channel.name)) return false;
    }
    return true;
  }

  /** Asks for all that is wanted and has not been asked for, in as few frames as take it. */
  flush(): void {
    this.#context.isDirty = false;
    for (const link of this.#context.links()) if (link.phase !== 'retiring') this.#subscriptions.flush(link);
    const link = this.#context.active();
    if (link) this.#replays.flush(link);
  }

  heartbeat(link: Link): void {
    send(this.#context, link, { action: 'heartbeat' });
  }

  ping(link: Link): void {
    for (const channel of this.#context.channels) channel.mark = channel.newest;
    request<'pong'>(
      this.#context,
      link,
      { action: 'ping' },
      {
        answered: (pong) => {
          this.#ponged(pong);
          this.#replays.replayMissed(this.#isPongLost ? [EVERY_CHANNEL] : (pong.missed ?? []));
          this.#isPongLost = false;
        },
        failed: () => {
          this.#isPongLost = true;
        },
      },
    );
    link.pingAt = this.#context.now() + this.#context.timings.pingMs;
  }

  /** @param frames at most so many, of a hundred authors each */
  check(link: Link, frames: number, call?: number): void {
    const { timings, checks } = this.#context;
    for (const [at, check] of this.#receiver.comparison.frames(frames).entries()) {
      const calls = at === 0 && call !== undefined ? [call] : [];
      request<'pong'>(
        this.#context,
        link,
        { action: 'check', ...check },
        {
          answered: (pong) => {
            this.#ponged(pong);
            this.#receiver.comparison.compare(check, pong);
            this.#context.answer(calls);
          },
          failed: (error) => {
            const isRefused = REFUSALS.includes(error.code);
            link.checkAt = this.#context.wakeIn(isRefused ? timings.checkMs : this.#context.backoff(3));
            this.#context.answer(calls, error);
          },
          lost: () => checks.push(...calls),
        },
      );
    }
    link.checkAt = this.#context.now() + timings.checkMs;
  }

  /** The first connection is live. An app that began with a `since` was not checked before. */
  begin(link: Link): void {
    if (!this.#receiver.holes.hasBegun) this.check(link, 1);
  }

  /** The connection was lost, and this one has taken its place. */
  afterCut(link: Link): void {
    this.#receiver.holes.hasBegun = true;
    this.check(link, CHECK_FRAMES);
    this.#receiver.delivery.tellStrangersLists();
  }

  /** Passes on what the app asks. */
  request(link: Link, frame: ClientFrame, call: number): void {
    request(this.#context, link, frame, {
      answered: (answer) => this.#context.effects.push({ type: 'answer', call, frame: answer }),
      failed: (error) => this.#context.answer([call], error),
      lost: () => this.#context.refuse(call, 'disconnected'),
    });
  }

  /** An answer to a request of this connection. */
  answered(link: Link, asked: Asked, frame: ServerFrame): void {
    if (frame.type === 'error') this.failed(link, asked, frame.code, frame.message);
    else if (frame.type === ANSWERS[asked.action]) {
      asked.answered(frame);
      this.#onProgress(link);
    } else this.failed(link, asked, 'unreadable_frame', `${asked.action} was answered by ${frame.type}`);
  }

  /** A request that came to nothing: refused, or without an answer. */
  failed(link: Link, asked: Asked, code: string, message: string): void {
    const error = new LiveError(code, message);
    asked.failed(error);
    // Whoever waits for the answer is told by it.
    if (asked.action !== 'history' && asked.action !== 'typing') this.#context.emit('error', error);
    this.#onProgress(link);
  }

  #ponged({ at }: Of<'pong'>): void {
    const serverMs = Date.parse(at);
    this.#context.serverAhead = serverMs - this.#context.now();
    if (this.#receiver.startedAt !== undefined) return;
    this.#receiver.start(serverMs, idAt(serverMs));
    for (const channel of this.#context.channels) this.#replays.begin(channel);
  }
}
