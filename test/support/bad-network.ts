import { seededRandom } from '../../local/faults/random.ts';

type Listener = (event: { data: unknown }) => void;

export interface BadNetworkOptions {
  seed: number;
  /** How likely a frame is dropped, delayed, or the last before a cut. */
  drop: number;
  delay: number;
  cut: number;
  maxDelayMs: number;
}

/** Sockets whose incoming frames get lost and late, and which break. Frames that answer a request come, or the socket breaks. */
export class BadNetwork {
  readonly counts = { dropped: 0, delayed: 0, cut: 0 };
  readonly #options: BadNetworkOptions;
  readonly #random: () => number;
  isOn = true;

  constructor(options: BadNetworkOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  openSocket = (url: string) => {
    const socket = new WebSocket(url);
    return {
      send: (data: string) => socket.send(data),
      close: () => socket.close(),
      addEventListener: (type: 'open' | 'close' | 'error' | 'message', listener: Listener | (() => void)) => {
        if (type === 'message')
          socket.addEventListener('message', (event) => this.#pass(socket, event, listener as Listener));
        else socket.addEventListener(type, listener as () => void);
      },
    };
  };

  #pass(socket: WebSocket, event: { data: unknown }, listener: Listener): void {
    const { drop, delay, cut, maxDelayMs } = this.#options;
    const isPush = String(event.data).startsWith('{"type":"events","events"');
    if (!this.isOn || !isPush) {
      listener(event);
      return;
    }
    const chance = this.#random();
    if (chance < drop) this.counts.dropped++;
    else if (chance < drop + cut) {
      this.counts.cut++;
      socket.close();
    } else if (chance < drop + cut + delay) {
      this.counts.delayed++;
      setTimeout(() => listener(event), this.#random() * maxDelayMs);
    } else listener(event);
  }
}
