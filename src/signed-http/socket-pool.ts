import { type Address, type WireOutcome, WireSocket } from './wire-socket.ts';

export interface PoolLimits {
  /** A TLS handshake costs as much as dozens of requests, so there are few sockets and they are kept. */
  sockets: number;
  /** How long a request may take once it has a socket, connecting included. */
  requestMs: number;
  /** A socket that was idle for this long is not used again, because the far end or a proxy may have dropped it. */
  idleMs: number;
}

interface Waiting {
  request: Buffer;
  settle: (outcome: WireOutcome) => void;
}

interface Dependencies {
  address: Address;
  limits: PoolLimits;
  now: () => number;
}

/** Kept-alive sockets to one address; what finds none free waits its turn. */
export class SocketPool {
  readonly #address: Address;
  readonly #limits: PoolLimits;
  readonly #now: () => number;
  readonly #sockets = new Set<WireSocket>();
  /** The one used last is at the end, and is used next: the others grow old. */
  readonly #free: WireSocket[] = [];
  #waiting: Waiting[] = [];
  #nextWaiting = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor({ address, limits, now }: Dependencies) {
    this.#address = address;
    this.#limits = limits;
    this.#now = now;
  }

  /** Sends a request once. It never fails; see WireOutcome. */
  send(request: Buffer): Promise<WireOutcome> {
    return new Promise((settle) => this.#dispatch({ request, settle }));
  }

  /** What is under way is `unclear`, what waits is `unsent`. */
  close(): void {
    const error = new Error('The sockets were closed');
    for (const { settle } of this.#waiting.splice(0).slice(this.#nextWaiting)) settle({ kind: 'unsent', error });
    this.#nextWaiting = 0;
    for (const socket of this.#sockets) socket.close();
  }

  #dispatch(waiting: Waiting): void {
    const socket = this.#freeSocket() ?? this.#newSocket();
    if (socket === undefined) {
      this.#waiting.push(waiting);
      return;
    }
    socket.send(waiting.request, this.#now(), waiting.settle);
    this.#watch ??= setInterval(() => this.#closeSlow(), this.#limits.requestMs / 8).unref();
  }

  #freeSocket(): WireSocket | undefined {
    const freshAfter = this.#now() - this.#limits.idleMs;
    for (;;) {
      const socket = this.#free.pop();
      if (socket === undefined || socket.usedAt > freshAfter) return socket;
      socket.close();
    }
  }

  #newSocket(): WireSocket | undefined {
    if (this.#sockets.size >= this.#limits.sockets) return undefined;
    const socket = new WireSocket(this.#address, {
      freed: (freed) => {
        this.#free.push(freed);
        this.#serveNext();
      },
      closed: (closed) => {
        this.#sockets.delete(closed);
        const at = this.#free.indexOf(closed);
        if (at >= 0) this.#free.splice(at, 1);
        this.#serveNext();
      },
    });
    this.#sockets.add(socket);
    return socket;
  }

  #serveNext(): void {
    const next = this.#waiting[this.#nextWaiting++];
    if (this.#nextWaiting >= this.#waiting.length) {
      this.#waiting = [];
      this.#nextWaiting = 0;
    }
    if (next) this.#dispatch(next);
  }

  #closeSlow(): void {
    const startedBefore = this.#now() - this.#limits.requestMs;
    const busy = [...this.#sockets].filter((socket) => socket.isBusy);
    for (const socket of busy) if (socket.usedAt <= startedBefore) socket.close(timeoutError(this.#limits.requestMs));
    if (busy.length > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }
}

/** The same name as in the SDK. */
const timeoutError = (ms: number): Error => Object.assign(new Error(`No answer in ${ms} ms`), { name: 'TimeoutError' });
