import type { WebSocketLike } from '../../client/index.ts';
import { seededRandom } from '../../local/faults/random.ts';

export interface BadNetworkOptions {
  seed: number;
  /** How likely a pushed frame is dropped, delayed, the last before a cut, or the last before silence. */
  drop: number;
  delay: number;
  cut: number;
  halfOpen: number;
  /** How likely a request is answered by the gateway in the function's place. */
  gatewayError: number;
  maxDelayMs: number;
  /** The sockets under the bad network: the platform's when left out. */
  open?: (url: string, protocols: string[]) => WebSocketLike;
  /** Calls after so many milliseconds, by the real clock when left out. */
  after?: (ms: number, call: () => void) => unknown;
}

const GATEWAY_ERROR = JSON.stringify({ message: 'Internal server error', connectionId: 'c=', requestId: 'r' });
const PUSHED = /^\{"type":"(events|messages)","events"/;

/** Sockets whose incoming frames get lost and late, which break, and which fall silent without a word. */
export class BadNetwork {
  readonly counts = { dropped: 0, delayed: 0, cut: 0, halfOpen: 0, gatewayErrors: 0 };
  readonly #options: BadNetworkOptions;
  readonly #random: () => number;
  isOn = true;

  constructor(options: BadNetworkOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
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
        else if (fate === 'half-open') isHalfOpen = true;
        else if (fate === 'gateway error') listener({ data: GATEWAY_ERROR } as never);
        else if (fate === 'delay') after(this.#random() * maxDelayMs, () => listener(event as never));
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

  #fate(data: string): 'pass' | 'drop' | 'cut' | 'half-open' | 'gateway error' | 'delay' {
    const { drop, delay, cut, halfOpen, gatewayError } = this.#options;
    if (!this.isOn) return 'pass';
    const { counts } = this;
    let chance = this.#random();
    if (!PUSHED.test(data)) {
      if (chance >= gatewayError || !data.includes('"id":')) return 'pass';
      counts.gatewayErrors++;
      return 'gateway error';
    }
    if (chance < drop) {
      counts.dropped++;
      return 'drop';
    }
    chance -= drop;
    if (chance < cut) {
      counts.cut++;
      return 'cut';
    }
    chance -= cut;
    if (chance < halfOpen) {
      counts.halfOpen++;
      return 'half-open';
    }
    if (chance - halfOpen >= delay) return 'pass';
    counts.delayed++;
    return 'delay';
  }
}
