import type { Connections } from './connections.ts';
import type { Context } from './context.ts';
import type { Link } from './link.ts';
import type { Receiver } from './receiver.ts';
import type { Requests } from './requests.ts';
import { type ConversationNews, LiveError, type ServerFrame } from './types.ts';

/** Handles each frame that comes by a connection: answers, events, errors, and what API Gateway answers itself. */
export class FrameHandler {
  readonly #context: Context;
  readonly #receiver: Receiver;
  readonly #requests: Requests;
  readonly #connections: Connections;

  constructor(context: Context, receiver: Receiver, requests: Requests, connections: Connections) {
    this.#context = context;
    this.#receiver = receiver;
    this.#requests = requests;
    this.#connections = connections;
  }

  frame(n: number, data: unknown): void {
    const link = this.#context.links().find((one) => one.n === n);
    if (!link) return;
    link.heardAt = this.#context.now();
    link.isHeard = true;
    link.awaitedSince = undefined;
    link.isProbed = false;
    try {
      this.#handle(link, parsed(data));
    } catch (cause) {
      this.#context.emit('error', new LiveError('unreadable_frame', '', { cause }));
    }
  }

  #handle(link: Link, frame: Frame): void {
    const id = 'id' in frame ? frame.id : undefined;
    const asked = id === undefined ? undefined : link.asked.get(id);
    if (frame.type === 'error' && this.#isFatal(link, frame.code, frame.message)) return;
    if (asked && id !== undefined) {
      link.asked.delete(id);
      this.#requests.answered(link, asked, frame as ServerFrame);
      return;
    }
    this.#handlePushed(link, frame);
  }

  /** A frame that answers nothing. */
  #handlePushed(link: Link, frame: Frame): void {
    if (frame.type === 'events' || frame.type === 'messages') {
      for (const event of frame.events) this.#receiver.receive(event);
    } else if (isNews(frame)) this.#receiver.news(frame);
    else if (frame.type === 'gap') this.#context.emit('gap', { channel: frame.channel });
    else if (frame.type === 'relation') {
      const { author, follows, muted } = frame;
      this.#context.emit('relation', { author, follows, muted });
      this.#receiver.relation(frame);
    } else if (frame.type === 'error') this.#unaddressed(link, frame.code, frame.message);
    else if (frame.type === undefined && 'message' in frame) this.#unaddressed(link, 'gateway', String(frame.message));
  }

  /** An error that names no request: the gateway's own, which has answered in the function's place. */
  #unaddressed(link: Link, code: string, message: string): void {
    const [[id, asked] = []] = link.asked;
    if (code === 'gateway' && link.asked.size === 1 && id !== undefined && asked) {
      link.asked.delete(id);
      this.#requests.failed(link, asked, 'internal_error', message);
      return;
    }
    this.#context.emit('error', new LiveError(code, message));
  }

  #isFatal(link: Link, code: string, message: string): boolean {
    if (code === 'signed_out' || (code === 'replaced' && !this.#hasSuccessor(link))) {
      this.#connections.fail(code, message);
      return true;
    }
    if (code !== 'not_connected' && code !== 'login_expired' && code !== 'replaced') return false;
    if (code === 'login_expired') this.#connections.isLoginOver = true;
    // The server has lost this connection, and pushes nothing to it any more.
    if (link === this.#context.retiring) this.#connections.drop(link);
    else this.#connections.lost(link, new LiveError(code, message));
    return true;
  }

  /** A handover is under way. If the user has too many connections, the server closes the oldest, which may be this one. */
  #hasSuccessor(link: Link): boolean {
    const { next, retiring } = this.#context;
    return link === retiring || (next !== undefined && next !== link && next.phase !== 'ticket');
  }
}

const NEWS = ['conversation.changed', 'conversation.read', 'conversation.typing'];
const isNews = (frame: Frame): frame is ConversationNews => NEWS.includes(frame.type ?? '');

/** A server's, or the gateway's own: `{"message", "connectionId", "requestId"}`. */
type Frame = ServerFrame | { type?: undefined; id?: undefined; message?: unknown };

const parsed = (data: unknown): Frame => {
  const frame: unknown = JSON.parse(String(data));
  if (typeof frame !== 'object' || frame === null) throw new TypeError();
  return frame as Frame;
};
