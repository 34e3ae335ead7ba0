import type { WebSocketLike } from '../../client/socket.ts';
import type { ClientFrame, MessageEvent, ServerFrame, ThoughtEvent } from '../../client/types.ts';
import type { FakeRuntime } from './fake-runtime.ts';
import { thoughtIdAt } from './live-events.ts';

/** A resume starts this much before what the client has, as the real server's does. */
const OVERLAP_MS = 60_000;
/** How long a frame is on its way. */
const LATENCY_MS = 1;

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** What a client sent. */
export type SentFrame = ClientFrame & { id?: string };
type Sent<Action extends ClientFrame['action']> = Extract<SentFrame, { action: Action }>;
type ChannelsFrame = Extract<SentFrame, { action: 'subscribe' | 'unsubscribe' }>;

/** The client's end of a socket whose far end a test plays. */
export class FakeSocket implements WebSocketLike {
  readonly sent: SentFrame[] = [];
  readonly openedAt: number;
  readonly #runtime: FakeRuntime;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();
  readonly #onSend: (frame: SentFrame, socket: FakeSocket) => void;
  isClosed = false;
  /** The network is gone: nothing arrives any more in either direction, and nobody says so. */
  isDead = false;

  constructor(runtime: FakeRuntime, onSend: (frame: SentFrame, socket: FakeSocket) => void = () => {}) {
    this.#runtime = runtime;
    this.openedAt = runtime.now();
    this.#onSend = onSend;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string): void {
    const frame = JSON.parse(data) as SentFrame;
    this.sent.push(frame);
    if (!this.isDead) this.#onSend(frame, this);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (!this.isDead) this.#runtime.setTimeout(() => this.emit('close', { code: 1000 }), LATENCY_MS);
  }

  /** The server, or the network, ends it. */
  cut(code = 1006, reason = ''): void {
    this.isClosed = true;
    this.emit('close', { code, reason });
  }

  emit(type: 'open' | 'close' | 'error' | 'message', event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }

  push(frame: ServerFrame | object): void {
    if (!this.isDead) this.emit('message', { data: JSON.stringify(frame) });
  }
}

type Handshake = 'accept' | 'refuse' | 'ignore';

/** A server that tests script: it answers as the real one does, unless `answer` is replaced. */
export class FakeServer {
  readonly runtime: FakeRuntime;
  readonly sockets: FakeSocket[] = [];
  readonly urls: string[] = [];
  readonly protocols: string[][] = [];
  /** What a resume finds, oldest first. */
  readonly stored: ThoughtEvent[] = [];
  /** What a resume of a conversation finds, oldest first. */
  readonly messages: MessageEvent[] = [];
  /** The last numbers of conversations, as a check finds them. */
  readonly conversations = new Map<string, number>();
  /** The last numbers of authors, as a check finds them. */
  readonly seqs = new Map<string, number>();
  /** Those of these authors whom only an `author:` channel brings. */
  readonly notInTimeline: string[] = [];
  /** Channels that the next ping is told to replay. */
  missed: string[] = [];
  /** Of whom the timeline is made. */
  sources = 'nobody';
  handshake: Handshake = 'accept';
  /** Undefined: no answer at all. */
  answer: (frame: SentFrame, socket: FakeSocket) => ServerFrame | object | undefined = (frame) =>
    this.usualAnswer(frame);
  latencyMs = LATENCY_MS;

  constructor(runtime: FakeRuntime) {
    this.runtime = runtime;
  }

  openSocket = (url: string, protocols: string[]): FakeSocket => {
    this.urls.push(url);
    this.protocols.push(protocols);
    const socket = new FakeSocket(this.runtime, (frame, from) => {
      const answer = this.answer(frame, from);
      const id = frame.id === undefined ? {} : { id: frame.id };
      if (answer) this.#later(() => !from.isClosed && from.push({ ...answer, ...id }));
    });
    this.sockets.push(socket);
    const { handshake } = this;
    this.#later(() => {
      if (handshake === 'accept' && !socket.isClosed) socket.emit('open');
      if (handshake === 'refuse') {
        socket.emit('error', { message: 'refused' });
        socket.cut();
      }
    });
    return socket;
  };

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('No socket was opened');
    return socket;
  }

  usualAnswer(frame: SentFrame): ServerFrame {
    switch (frame.action) {
      case 'subscribe':
      case 'unsubscribe':
        return this.ack(frame);
      case 'resume':
        return this.#replay(frame);
      case 'typing':
        return { type: 'ack', action: 'typing', channels: [], refused: [] };
      case 'history':
        return { type: 'history', channel: frame.channel, thoughts: [] };
      case 'heartbeat':
        return { type: 'heartbeat' };
      case 'ping':
        return { ...this.#pong(), ...(this.missed.length > 0 && { missed: this.missed.splice(0) }) };
      case 'check':
        return { ...this.#pong(), ...this.#checked(frame) };
    }
  }

  ack(frame: ChannelsFrame, refused: Record<string, string> = {}): ServerFrame {
    const isGranted = (name: string) => !Object.hasOwn(refused, name);
    const channels = frame.channels.filter(isGranted).map((asked) => ({ asked, channel: asked.toLowerCase() }));
    const rest = Object.entries(refused).filter(([name]) => frame.channels.includes(name));
    const refusals = rest.map(([channel, code]) => ({ channel, code, message: code }));
    return { type: 'ack', action: frame.action, channels, refused: refusals };
  }

  /** Stores events and pushes them, in one frame, by one socket or by all that are open. */
  publish(events: ThoughtEvent[], sockets = this.sockets.filter(({ isClosed }) => !isClosed)): void {
    this.stored.push(...events);
    for (const socket of sockets) socket.push({ type: 'events', events });
  }

  /** Stores messages and pushes those that are not lost. */
  tell(events: MessageEvent[], isLost = false): void {
    this.messages.push(...events);
    for (const { conversationId, seq } of events) {
      this.conversations.set(conversationId, Math.max(seq, this.conversations.get(conversationId) ?? 0));
    }
    if (isLost) return;
    for (const socket of this.sockets.filter(({ isClosed }) => !isClosed)) socket.push({ type: 'messages', events });
  }

  /** The frames of one action that a socket, by default the newest, has been sent. */
  frames<Action extends ClientFrame['action']>(action: Action, socket = this.socket): Sent<Action>[] {
    return socket.sent.filter((frame) => frame.action === action) as Sent<Action>[];
  }

  /** The channels of those frames. */
  channels(action: 'subscribe' | 'unsubscribe' | 'resume', socket = this.socket): string[] {
    return socket.sent.flatMap((frame) => {
      if (frame.action !== action || !('channels' in frame)) return [];
      return frame.channels.map((channel) => (typeof channel === 'string' ? channel : channel.channel));
    });
  }

  #later(call: () => void): void {
    this.runtime.setTimeout(call, this.latencyMs);
  }

  #pong(): Extract<ServerFrame, { type: 'pong' }> {
    return { type: 'pong', at: new Date(this.runtime.now()).toISOString() };
  }

  #checked({ authors, since, conversations }: Sent<'check'>) {
    const seqs = Object.fromEntries([...this.seqs].filter(([author]) => authors.includes(author)));
    const ids = this.stored.filter(({ channels }) => channels.includes('timeline')).map(({ thoughtId }) => thoughtId);
    const count = since === undefined ? {} : { count: new Set(ids.filter((id) => id > since)).size };
    const { notInTimeline, sources } = this;
    return {
      seqs,
      notInTimeline,
      sources,
      ...count,
      ...(conversations && { conversations: Object.fromEntries(this.conversations) }),
    };
  }

  #replay({ channels }: Sent<'resume'>): ServerFrame {
    const found = new Map<string, ThoughtEvent>();
    for (const { channel, since } of channels) {
      const start = since && thoughtIdAt(timeOf(since) - OVERLAP_MS, '');
      for (const event of this.stored) {
        if (!event.channels.includes(channel) || event.thoughtId <= start) continue;
        const known = found.get(event.id)?.channels ?? [];
        found.set(event.id, { ...event, channels: [...known, channel] });
      }
    }
    const names = new Set(channels.map(({ channel }) => channel));
    const messages = this.messages.filter((event) => event.channels.some((channel) => names.has(channel)));
    return {
      type: 'replay',
      events: [...found.values()],
      messages,
      parts: channels.map(({ channel }) => ({ channel })),
    };
  }
}
