import type { WebSocketLike } from '../../client/index.ts';
import { seededRandom } from '../../local/faults/random.ts';

export interface BadNetworkOptions {
  seed: number;
  /** How many of the pushed frames, from 0 to 1, are dropped, delayed, the last before a cut, or the last before silence. */
  drop: number;
  delay: number;
  cut: number;
  halfOpen: number;
  /** How many of the requests are answered by the gateway in the function's place. */
  gatewayError: number;
  maxDelayMs: number;
  /** The sockets under the bad network: the platform's when left out. */
  open?: (url: string, protocols: string[]) => WebSocketLike;
  /** Calls after so many milliseconds, by the real clock when left out. */
  after?: (ms: number, call: () => void) => unknown;
}

const GATEWAY_ERROR = JSON.stringify({ message: 'Internal server error', connectionId: 'c=', requestId: 'r' });
const PUSHED = /^\{"type":"(events|messages)","events"/;

const ON_PUSHES = ['cut', 'halfOpen', 'dropped', 'delayed'] as const;
const ON_ANSWERS = ['gatewayErrors'] as const;
type Fault = (typeof ON_PUSHES | typeof ON_ANSWERS)[number];

/** Sockets whose incoming frames get lost and late, which break, and which fall silent without a word. */
export class BadNetwork {
  readonly counts = { dropped: 0, delayed: 0, cut: 0, halfOpen: 0, gatewayErrors: 0 };
  readonly #options: BadNetworkOptions;
  readonly #random: () => number;
  readonly #turns: Record<Fault, Turns>;
  isOn = true;

  constructor(options: BadNetworkOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    const turns = (chance: number) => new Turns(chance, this.#random);
    this.#turns = {
      ...{ dropped: turns(options.drop), delayed: turns(options.delay), cut: turns(options.cut) },
      ...{ halfOpen: turns(options.halfOpen), gatewayErrors: turns(options.gatewayError) },
    };
  }

  openSocket = (url: string, protocols: string[]): WebSocketLike => {
    const { after = (ms, call) => setTimeout(call, ms), open, maxDelayMs } = this.#options;
    const socket = open?.(url, protocols) ?? (new WebSocket(url, protocols) as WebSocketLike);
    let isHalfOpen = false;
    const add = (type: string, listener: (event: never) => void) => {
      if (type !== 'message') {
        // Of a socket that has fallen silent nobody hears that it was closed.
        return socket.addEventListener(type as 'open', ((event: never) => !isHalfOpen && listener(event)) as never);
      }
      socket.addEventListener('message', (event) => {
        if (isHalfOpen) return;
        const fate = this.#fate(String(event.data));
        if (fate === 'cut') socket.close();
        else if (fate === 'halfOpen') isHalfOpen = true;
        else if (fate === 'gatewayErrors') listener({ data: GATEWAY_ERROR } as never);
        else if (fate === 'delayed') after(this.#random() * maxDelayMs, () => listener(event as never));
        else if (fate === 'pass') listener(event as never);
      });
    };
    return {
      send: (data) => {
        if (!isHalfOpen) socket.send(data);
      },
      close: () => socket.close(),
      addEventListener: add as WebSocketLike['addEventListener'],
    };
  };

  /** A frame meets one fault at most; what was due with it comes with the next frame. */
  #fate(data: string): Fault | 'pass' {
    if (!this.isOn) return 'pass';
    const isPushed = PUSHED.test(data);
    if (!isPushed && !data.includes('"id":')) return 'pass';
    const faults = isPushed ? ON_PUSHES : ON_ANSWERS;
    for (const fault of faults) this.#turns[fault].count();
    const fault = faults.find((one) => this.#turns[one].take());
    if (fault) this.counts[fault]++;
    return fault ?? 'pass';
  }
}

/** When a fault is due: once in each `1 / chance` frames, at a random place. So each run that is long enough has it, whatever its seed. */
class Turns {
  readonly #every: number;
  readonly #random: () => number;
  #frames = 0;
  #due: number[];

  constructor(chance: number, random: () => number) {
    this.#every = 1 / chance;
    this.#random = random;
    // The first comes early, so that a short run has it too.
    this.#due = chance > 0 ? [(random() * this.#every) / 2] : [];
  }

  /** Another frame comes. */
  count(): void {
    this.#frames++;
    if (this.#frames % this.#every < 1) this.#due.push(this.#frames + this.#random() * this.#every);
  }

  /** Whether the fault is due, which it is not any more then. */
  take(): boolean {
    const [at = Number.POSITIVE_INFINITY] = this.#due;
    if (at > this.#frames) return false;
    this.#due.shift();
    return true;
  }
}
