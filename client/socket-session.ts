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
  onClose(): void;
}

type Waiting = { resolve: (frame: ServerFrame) => void; reject: (error: Error) => void };

/** One socket from opening to closing: requests with answers, and frames that nobody asked for. */
export class SocketSession {
  readonly #socket: WebSocketLike;
  readonly #waiting = new Map<string, Waiting>();
  #requests = 0;
  #isOpen = true;

  private constructor(socket: WebSocketLike) {
    this.#socket = socket;
  }

  static open(socket: WebSocketLike, handlers: Handlers): Promise<SocketSession> {
    return new Promise((resolve, reject) => {
      const session = new SocketSession(socket);
      socket.addEventListener('open', () => resolve(session));
      socket.addEventListener('error', () => reject(new Error('The connection was refused')));
      socket.addEventListener('message', ({ data }) => {
        const frame = JSON.parse(String(data)) as ServerFrame;
        if (!session.#answered(frame)) handlers.onFrame(frame);
      });
      socket.addEventListener('close', () => {
        session.#isOpen = false;
        reject(new Error('The connection was closed'));
        for (const { reject: rejectRequest } of session.#waiting.values()) rejectRequest(new Error('Disconnected'));
        session.#waiting.clear();
        handlers.onClose();
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
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ ...frame, id }));
    });
  }

  close(): void {
    this.#socket.close(1000);
  }

  #answered(frame: ServerFrame): boolean {
    const waiting = frame.id === undefined ? undefined : this.#waiting.get(frame.id);
    if (!waiting || frame.id === undefined) return false;
    this.#waiting.delete(frame.id);
    if (frame.type === 'error') waiting.reject(new FrameError(frame.code, frame.message));
    else waiting.resolve(frame);
    return true;
  }
}
