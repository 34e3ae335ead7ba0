import type { Runtime } from './runtime.ts';
import { FrameError, type ServerFrame } from './types.ts';

/** As much of a WebSocket as is used: the browser's, Node's, and the `ws` package's all have it. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

interface Handlers {
  onFrame(frame: ServerFrame): void;
  /** Called once, also for a socket that never opened. */
  onClose(session: SocketSession): void;
}

interface Waiting {
  resolve(frame: ServerFrame): void;
  reject(error: Error): void;
  timer: unknown;
}

/** One socket from opening to closing: requests with answers, and frames that nobody asked for. */
export class SocketSession {
  readonly #socket: WebSocketLike;
  readonly #handlers: Handlers;
  readonly #answerMs: number;
  readonly #runtime: Runtime;
  readonly #waiting = new Map<string, Waiting>();
  #requests = 0;
  #isOpen = true;

  private constructor(socket: WebSocketLike, handlers: Handlers, answerMs: number, runtime: Runtime) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#answerMs = answerMs;
    this.#runtime = runtime;
  }

  /** @param answerMs how long the server may take to let the socket in, and to answer a request */
  static open(socket: WebSocketLike, handlers: Handlers, answerMs: number, runtime: Runtime): Promise<SocketSession> {
    return new Promise((resolve, reject) => {
      const session = new SocketSession(socket, handlers, answerMs, runtime);
      const timer = runtime.setTimeout(() => {
        reject(new Error('The connection was not accepted in time'));
        socket.close();
      }, answerMs);
      socket.addEventListener('open', () => {
        runtime.clearTimeout(timer);
        resolve(session);
      });
      socket.addEventListener('error', () => reject(new Error('The connection was refused')));
      socket.addEventListener('message', ({ data }) => {
        const frame = JSON.parse(String(data)) as ServerFrame;
        if (!session.#answered(frame)) handlers.onFrame(frame);
      });
      socket.addEventListener('close', () => {
        runtime.clearTimeout(timer);
        reject(new Error('The connection was closed'));
        session.#end();
      });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws FrameError when the server answers with an error, Error when the socket closes first */
  request(frame: object): Promise<ServerFrame> {
    const id = String(++this.#requests);
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) return reject(new Error('Disconnected'));
      const timer = this.#runtime.setTimeout(() => this.#giveUp(), this.#answerMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ ...frame, id }));
    });
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** The far end is silent. Its socket may take minutes to close; nobody waits for that. */
  #giveUp(): void {
    this.#end();
    this.#socket.close();
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const { reject, timer } of this.#waiting.values()) {
      this.#runtime.clearTimeout(timer);
      reject(new Error('Disconnected'));
    }
    this.#waiting.clear();
    this.#handlers.onClose(this);
  }

  #answered(frame: ServerFrame): boolean {
    const waiting = frame.id === undefined ? undefined : this.#waiting.get(frame.id);
    if (!waiting || frame.id === undefined) return false;
    this.#runtime.clearTimeout(waiting.timer);
    this.#waiting.delete(frame.id);
    if (frame.type === 'error') waiting.reject(new FrameError(frame.code, frame.message));
    else waiting.resolve(frame);
    return true;
  }
}
