import type { Wire } from './network.ts';
import type { Runtime } from './runtime.ts';

type World = Runtime & { after(ms: number, call: () => void): () => void };
type Listener = (event: never) => void;

/** Writing into a half-open connection fails only after so long. */
const TCP_GIVES_UP_MS = 900_000;

/** A device's end of a WebSocket, as far as the client uses one. */
export class SimulatedSocket {
  readonly id: string;
  protocols: string[] = [];
  protocol = '';
  readyState = 0;
  onMessage: (data: string) => void = () => {};
  /** Tells the far end that this one was closed. */
  onClose: (code: number) => void = () => {};
  readonly #world: World;
  readonly #wire: Wire;
  readonly #listeners = new Map<string, Set<Listener>>();
  #gate: (call: () => void) => void = (call) => call();

  constructor(world: World, wire: Wire, id: string) {
    this.#world = world;
    this.#wire = wire;
    this.id = id;
  }

  /** @param gate runs what happens on the device now, or when it has woken up */
  setGate(gate: (call: () => void) => void): void {
    this.#gate = gate;
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  send(data: string): void {
    if (this.readyState !== 1) return;
    if (this.#wire.isSilent) this.#world.after(TCP_GIVES_UP_MS, () => this.end(1006));
    this.#wire.carry('up', () => this.onMessage(data));
  }

  close(code = 1000): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.#wire.carry('up', () => this.onClose(code));
    // The far end answers the closing handshake; a browser waits for it, and gives up in the end.
    if (this.#wire.isSilent) this.#world.after(30_000, () => this.end(1006));
    else this.#wire.carry('down', () => this.end(code));
  }

  /** The connection goes, and both ends hear of it. */
  reset(): void {
    if (this.readyState === 3) return;
    this.onClose(1006);
    this.end(1006);
  }

  /** The network goes, and nobody hears of it. */
  silence(): void {
    this.#wire.isSilent = true;
  }

  open(protocol: string): void {
    this.#gate(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.protocol = protocol;
      this.#emit('open', {});
    });
  }

  receive(data: string): void {
    this.#gate(() => {
      if (this.readyState === 1) this.#emit('message', { data });
    });
  }

  end(code: number): void {
    this.#gate(() => {
      if (this.readyState === 3) return;
      const wasOpening = this.readyState === 0;
      this.readyState = 3;
      if (wasOpening) this.#emit('error', {});
      this.#emit('close', { code, reason: '', wasClean: code !== 1006 });
    });
  }

  #emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}
