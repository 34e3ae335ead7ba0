import type { WebSocketLike } from '../../client/socket-session.ts';
import type { ServerFrame, ThoughtEvent } from '../../client/types.ts';
import { START, thoughtIdAt } from './live-events.ts';

/** A resume starts this much before what the client has, as the real server's does. */
const OVERLAP_MS = 60_000;

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** What a client sent. */
export interface SentFrame {
  action: string;
  id?: string;
  channel?: string;
  since?: string;
  page?: string;
}

/** The client's end of a socket whose far end a test plays. */
export class FakeSocket implements WebSocketLike {
  readonly sent: SentFrame[] = [];
  readonly openedAt = performance.now();
  readonly #listeners = new Map<string, ((event: { data: unknown }) => void)[]>();
  readonly #onSend: (frame: SentFrame, socket: FakeSocket) => void;
  isClosed = false;
  /** Keeps the `close` event back, as a browser does for minutes when the network is gone. */
  isDead = false;

  constructor(onSend: (frame: SentFrame, socket: FakeSocket) => void = () => {}) {
    this.#onSend = onSend;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string): void {
    const frame = JSON.parse(data) as SentFrame;
    this.sent.push(frame);
    this.#onSend(frame, this);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (!this.isDead) setImmediate(() => this.emit('close'));
  }

  /** The server, or the network, ends it. */
  cut(): void {
    this.isClosed = true;
    this.emit('close');
  }

  emit(type: 'open' | 'close' | 'error' | 'message', data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }

  push(frame: ServerFrame): void {
    this.emit('message', JSON.stringify(frame));
  }
}

type Handshake = 'accept' | 'refuse' | 'ignore';

/** A server that tests script: it answers as the real one does, unless `answer` is replaced. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly urls: string[] = [];
  /** What a resume finds, oldest first. */
  readonly stored: ThoughtEvent[] = [];
  handshake: Handshake = 'accept';
  now = START;
  /** Undefined: no answer at all. */
  answer: (frame: SentFrame, socket: FakeSocket) => ServerFrame | undefined = (frame) => this.usualAnswer(frame);

  openSocket = (url: string): FakeSocket => {
    this.urls.push(url);
    const socket = new FakeSocket((frame, from) => {
      setImmediate(() => {
        const answer = from.isClosed ? undefined : this.answer(frame, from);
        if (answer) from.push({ ...answer, ...(frame.id !== undefined && { id: frame.id }) });
      });
    });
    this.sockets.push(socket);
    const { handshake } = this;
    setImmediate(() => {
      if (handshake === 'accept') socket.emit('open');
      if (handshake === 'refuse') {
        socket.emit('error');
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
    const { action, channel = 'timeline', since = '' } = frame;
    const start = since && thoughtIdAt(timeOf(since) - OVERLAP_MS, '');
    if (action === 'ping') {
      const ids = this.stored.filter(({ channels }) => channels.includes('timeline')).map(({ thoughtId }) => thoughtId);
      const latest = ids.sort().at(-1);
      const count = new Set(ids.filter((id) => id > since)).size;
      return { type: 'pong', at: new Date(this.now).toISOString(), count, ...(latest !== undefined && { latest }) };
    }
    if (action !== 'resume') return { type: 'ack', action, channel };
    const events = this.stored.filter((event) => event.channels.includes(channel) && event.thoughtId > start);
    return { type: 'events', channel, events: events.map((event) => ({ ...event, channels: [channel] })) };
  }

  /** Stores events and pushes them, in one frame, by one socket or by all that are open. */
  publish(events: ThoughtEvent[], sockets = this.sockets.filter(({ isClosed }) => !isClosed)): void {
    this.stored.push(...events);
    for (const socket of sockets) socket.push({ type: 'events', events });
  }

  /** The frames of one action that a socket, by default the newest, has been sent. */
  frames(action: string, socket = this.socket): SentFrame[] {
    return socket.sent.filter((frame) => frame.action === action);
  }
}
