import { type Channel, channelFrames, comesByItself, idAt, isLoose, resumeFrames } from './channels.ts';
import type { Context } from './context.ts';
import type { Inbox } from './inbox.ts';
import type { Asked, Link } from './link.ts';
import { isConversation } from './numbered.ts';
import { type ChannelState, type ClientFrame, LiveError, type ServerFrame } from './types.ts';

/** A replay that failed so often is told as a gap. */
const MAX_FAILURES = 3;
/** The app is told, and the channel is not asked for again on this connection, or ever. */
const REFUSALS = ['channel_full', 'too_many_subscriptions', 'unknown_channel', 'invalid_request'];
/** The server names every channel by this. */
const EVERY_CHANNEL = '*';

type Of<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

/** Requests and answers: keeps every open connection subscribed to what is wanted, and sees to the replays. */
export class Talk {
  readonly #context: Context;
  readonly #inbox: Inbox;
  /** The connection may have become live. */
  readonly #onProgress: (link: Link) => void;

  constructor(context: Context, inbox: Inbox, onProgress: (link: Link) => void) {
    this.#context = context;
    this.#inbox = inbox;
    this.#onProgress = onProgress;
  }

  /** A connection has opened: everything is asked for anew on it. */
  join(link: Link): void {
    const inbox = this.#inbox;
    const { channels } = this.#context;
    channels.loseAll();
    for (const channel of channels) {
      channel.retryAt = 0;
      channel.failures = 0;
    }
    this.replayAll();
    if (inbox.startedAt === undefined) this.check(link, 1);
  }

  /** Everything that has begun is replayed. */
  replayAll(): void {
    for (const channel of this.#context.channels) {
      if (channel.since !== undefined && !channel.isWhole) channel.need = channel.sure;
    }
    this.#context.changed();
  }

  /** Whether a joining connection has all that there is to be had. */
  isJoined(link: Link): boolean {
    if (this.#inbox.startedAt === undefined) return false;
    for (const channel of this.#context.channels) {
      if (!channel.isWanted || channel.failures > 0) continue;
      if (channel.need !== undefined || channel.replay || !this.#isOn(link, channel)) return false;
    }
    return true;
  }

  /** Asks for all that is wanted and has not been asked for, in as few frames as take it. */
  flush(): void {
    this.#context.isDirty = false;
    for (const link of this.#context.links()) if (link.isOpen && link.phase !== 'retiring') this.#subscribe(link);
    const link = this.#context.active();
    if (link) this.#resume(link);
  }

  heartbeat(link: Link): void {
    this.#send(link, { action: 'heartbeat' });
  }

  ping(link: Link): void {
    for (const channel of this.#context.channels) channel.mark = channel.since ?? '';
    this.#request(link, { action: 'ping' }, { kind: 'ping' });
    link.pingAt = this.#context.now() + this.#context.timings.pingMs;
  }

  /** @param frames at most so many, of a hundred authors each */
  check(link: Link, frames: number, call?: number): void {
    for (const [at, check] of this.#inbox.checkFrames(frames).entries()) {
      const { authors, since } = check;
      const asked: Asked = { kind: 'check', authors, since, call: at === 0 ? call : undefined };
      this.#request(link, { action: 'check', ...check }, asked);
    }
    link.checkAt = this.#context.now() + this.#context.timings.checkMs;
  }

  typing(link: Link, conversationId: string): void {
    this.#send(link, { action: 'typing', conversationId });
  }

  history(link: Link, channel: string, before: string | undefined, limit: number | undefined, call: number): void {
    const frame: ClientFrame = { action: 'history', channel, ...(before && { before }), ...(limit && { limit }) };
    this.#request(link, frame, { kind: 'history', call });
  }

  /** An answer to a request of this connection. */
  answered(link: Link, asked: Asked, frame: ServerFrame): void {
    if (frame.type === 'error') {
      this.failed(link, asked, frame.code, frame.message);
      return;
    }
    if (frame.type === 'ack' && asked.kind === 'subscribe') this.#subscribed(link, asked.names, frame);
    if (frame.type === 'ack' && asked.kind === 'unsubscribe') this.#unsubscribed(link, asked.names);
    if (frame.type === 'replay' && asked.kind === 'resume') this.#replayed(asked, frame);
    if (frame.type === 'history' && asked.kind === 'history') {
      const { thoughts, next } = frame;
      this.#context.effects.push({ type: 'answer', call: asked.call, page: { thoughts, ...(next && { next }) } });
    }
    if (frame.type === 'pong') this.#ponged(asked, frame);
    this.#onProgress(link);
  }

  /** A request that came to nothing: refused, or without an answer. */
  failed(link: Link, asked: Asked, code: string, message: string): void {
    const { effects } = this.#context;
    const error = new LiveError(code, message);
    if (asked.kind === 'subscribe') for (const name of asked.names) this.#notSubscribed(link, name, error);
    if (asked.kind === 'unsubscribe') for (const name of asked.names) link.subs.set(name, 'on');
    if (asked.kind === 'unsubscribe') this.#retry(asked.names);
    if (asked.kind === 'resume') for (const { channel } of asked.from) this.#notReplayed(channel, error);
    if (asked.kind === 'check') {
      link.checkAt =
        this.#context.now() + (REFUSALS.includes(code) ? this.#context.timings.checkMs : this.#context.backoff(3));
      this.#context.wake(link.checkAt);
      if (asked.call !== undefined) effects.push({ type: 'answer', call: asked.call, error });
    }
    if (asked.kind === 'history') effects.push({ type: 'answer', call: asked.call, error });
    else effects.push({ type: 'error', error });
    this.#onProgress(link);
  }

  /** It is wanted no more, or never was to be had. */
  forget(channel: Channel): void {
    const { channels, effects } = this.#context;
    for (const call of channel.calls.splice(0)) effects.push({ type: 'answer', call });
    channels.delete(channel);
  }

  #subscribe(link: Link): void {
    const { channels } = this.#context;
    const [wanted, unwanted]: [string[], string[]] = [[], []];
    for (const channel of channels) {
      const { name } = channel;
      const sub = link.subs.get(name);
      const isAsked = !comesByItself(name);
      if (name === 'timeline' || this.#isWaiting(channel)) continue;
      if (channel.isWanted && !sub && isAsked) wanted.push(name);
      if (!channel.isWanted && sub === 'on') unwanted.push(name);
      if (!channel.isWanted && this.#context.links().every(({ subs }) => !subs.has(name))) this.forget(channel);
    }
    for (const name of wanted) link.subs.set(name, 'asking');
    for (const name of unwanted) link.subs.set(name, 'leaving');
    for (const action of ['subscribe', 'unsubscribe'] as const) {
      for (const frame of channelFrames(action, action === 'subscribe' ? wanted : unwanted)) {
        if ('channels' in frame) this.#request(link, frame, { kind: action, names: frame.channels as string[] });
      }
    }
  }

  #resume(link: Link): void {
    // All that is subscribed in the beginning is replayed together.
    if (link.phase === 'joining' && link.isAsking('subscribe')) return;
    const due = [...this.#context.channels].filter(
      (channel) =>
        channel.isWanted &&
        channel.need !== undefined &&
        !channel.replay &&
        this.#isOn(link, channel) &&
        !this.#isWaiting(channel),
    );
    const from = due.map((channel) => {
      const since = channel.need ?? '';
      channel.replay = { link: link.n, from: since, page: undefined, startedAt: this.#context.now() };
      channel.need = undefined;
      return { channel: channel.name, since };
    });
    this.#ask(link, from);
  }

  #ask(link: Link, from: { channel: string; since: string; page?: string }[]): void {
    for (const frame of resumeFrames(from)) this.#request(link, frame, { kind: 'resume', from: frame.channels });
  }

  #isOn(link: Link, { name }: Channel): boolean {
    return comesByItself(name) || link.subs.get(name) === 'on';
  }

  #isWaiting(channel: Channel): boolean {
    if (channel.retryAt <= this.#context.now()) return false;
    this.#context.wake(channel.retryAt);
    return true;
  }

  #subscribed(link: Link, names: string[], { channels: granted, refused }: Of<'ack'>): void {
    const { channels } = this.#context;
    for (const { asked, channel: name } of granted) {
      link.subs.delete(asked);
      link.subs.set(name, 'on');
      const channel = channels.rename(asked, name);
      if (!channel) continue;
      channel.failures = 0;
      this.#tell(channel);
      // What is new has nothing to be replayed; before the server's time is known, the first pong sets it.
      if (channel.since === undefined && this.#inbox.startedAt !== undefined) this.#begin(channel);
    }
    for (const { channel: name, code, message } of refused) {
      this.#notSubscribed(link, name, new LiveError(code, message, { channel: name }));
    }
    // A name that the answer leaves out is asked for again.
    for (const name of names) if (link.subs.get(name) === 'asking') link.subs.delete(name);
    this.#context.changed();
  }

  #unsubscribed(link: Link, names: string[]): void {
    for (const name of names) link.subs.delete(name);
    this.#context.changed();
  }

  #notSubscribed(link: Link, name: string, error: LiveError): void {
    const { channels, effects } = this.#context;
    link.subs.delete(name);
    const channel = channels.get(name);
    if (!channel) return;
    if (!REFUSALS.includes(error.code)) {
      this.#retry([name]);
      return;
    }
    effects.push({ type: 'channel', channel: channel.name, state: 'refused' });
    effects.push({ type: 'refused', channel: channel.name, error });
    for (const call of channel.calls.splice(0)) effects.push({ type: 'answer', call, error });
    // There may be room again by the next connection, which sets the time back.
    if (error.code === 'channel_full') channel.retryAt = Number.POSITIVE_INFINITY;
    else channels.delete(channel);
    channel.failures++;
    this.#inbox.recheck();
  }

  #replayed({ from }: Extract<Asked, { kind: 'resume' }>, { events, messages = [], parts }: Of<'replay'>): void {
    const inbox = this.#inbox;
    const { channels } = this.#context;
    const starts = from.map(({ channel }) => channels.get(channel)?.replay?.startedAt ?? this.#context.now());
    for (const event of [...events, ...messages]) inbox.replayed(event, Math.min(...starts));
    const link = this.#context.active();
    const rest: { channel: string; since: string; page?: string }[] = [];
    for (const { channel: name, since, page } of from) {
      const channel = channels.get(name);
      const part = parts.find((one) => one.channel === name);
      if (!channel?.replay) continue;
      // What did not fit into this answer is asked for again.
      if (!part) rest.push({ channel: name, since, ...(page !== undefined && { page }) });
      else if (part.next !== undefined) rest.push({ channel: name, since, page: part.next });
      else if (part.error) this.#notReplayed(name, new LiveError(part.error.code, part.error.message));
      else this.#complete(channel, part.gap === true);
    }
    if (link) this.#ask(link, rest);
  }

  #notReplayed(name: string, error: LiveError): void {
    const channel = this.#context.channels.get(name);
    if (!channel?.replay) return;
    const { from } = channel.replay;
    channel.failures++;
    if (REFUSALS.includes(error.code) || channel.failures > MAX_FAILURES) {
      // What was asked for makes no sense to the server, or is out of reach: from now on, then.
      channel.since = idAt(this.#context.serverNow());
      this.#complete(channel, true);
      return;
    }
    channel.replay = undefined;
    this.#context.channels.ask(channel, from);
    this.#retry([name], 0);
  }

  /** A replay is over. */
  #complete(channel: Channel, isGap: boolean): void {
    const startedAt = channel.replay?.startedAt ?? 0;
    channel.replay = undefined;
    this.#context.channels.makeWhole(channel, '');
    if (isGap) this.#context.effects.push({ type: 'gap', gap: { channel: channel.name } });
    this.#inbox.conclude(channel, startedAt);
    this.#context.changed();
  }

  #ponged(asked: Asked, pong: Of<'pong'>): void {
    const inbox = this.#inbox;
    const { channels, effects } = this.#context;
    const serverMs = Date.parse(pong.at);
    this.#context.serverAhead = serverMs - this.#context.now();
    if (inbox.startedAt === undefined) {
      inbox.start(serverMs, idAt(serverMs));
      for (const channel of channels) this.#begin(channel);
    }
    if (asked.kind === 'check') {
      inbox.compare(asked.authors, asked.since, pong);
      if (asked.call !== undefined) effects.push({ type: 'answer', call: asked.call });
    }
    if (asked.kind === 'ping') this.#replayMissed(pong.missed ?? []);
  }

  /** What the server has missed to push is replayed from the last time at which it had missed nothing. */
  #replayMissed(missed: string[]): void {
    for (const name of missed) if (isConversation(name)) this.#inbox.conversation(name);
    for (const channel of this.#context.channels) {
      if (missed.includes(channel.name) || missed.includes(EVERY_CHANNEL)) {
        this.#context.channels.ask(channel, channel.sure);
        this.#context.changed();
        // A replay does not show a change of an older thought of somebody whose numbers are not known.
        if (isLoose(channel.name)) this.#context.onGap({ channel: channel.name });
      } else if (channel.isWhole && channel.mark) channel.sure = channel.mark;
    }
  }

  /** From now on: nothing of it is to be replayed. */
  #begin(channel: Channel): void {
    if (channel.since === undefined) this.#context.channels.makeWhole(channel, idAt(this.#context.serverNow()));
  }

  #retry(names: string[], more = 1): void {
    for (const name of names) {
      const channel = this.#context.channels.get(name);
      if (!channel) continue;
      channel.failures += more;
      channel.retryAt = this.#context.now() + this.#context.backoff(channel.failures);
      this.#context.wake(channel.retryAt);
    }
    this.#context.changed();
  }

  #tell(channel: Channel): void {
    const { effects } = this.#context;
    if (!channel.isWanted) return;
    const state: ChannelState = 'subscribed';
    effects.push({ type: 'channel', channel: channel.name, state });
    for (const call of channel.calls.splice(0)) effects.push({ type: 'answer', call });
  }

  #request(link: Link, frame: ClientFrame, asked: Asked): void {
    const dueAt = this.#context.now() + this.#context.timings.answerMs;
    this.#send(link, { ...frame, id: link.note(asked, dueAt) });
    this.#context.wake(dueAt);
  }

  #send(link: Link, frame: object): void {
    const context = this.#context;
    link.awaitedSince ??= context.now();
    context.wake(link.awaitedSince + context.timings.answerMs / 2);
    context.effects.push({ type: 'send', link: link.n, data: JSON.stringify(frame) });
  }
}
