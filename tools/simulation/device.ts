import type { Runtime as ClientRuntime } from '../../client/index.ts';
import type { SimulatedSocket } from '../../local/aws/socket.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A laptop or a phone: it sleeps, its network comes and goes, its clock is off. */
export class Device {
  readonly name: string;
  readonly runtime: ClientRuntime;
  readonly #sockets = new Set<SimulatedSocket>();
  readonly #time: VirtualTime;
  #sleepsUntil = 0;
  #offlineUntil = 0;
  /** Calls that wait until the device wakes up. */
  #waiting: (() => void)[] = [];
  /** When the device last had a fault that may keep it from receiving events. */
  disturbedAt = Number.NEGATIVE_INFINITY;

  constructor(name: string, time: VirtualTime, random: () => number, skewMs: number) {
    this.name = name;
    this.#time = time;
    this.runtime = {
      now: () => time.now() + skewMs,
      random,
      setTimeout: (call, ms) => time.after(ms, () => this.#gate(call)),
      clearTimeout: (cancel) => (cancel as (() => void) | undefined)?.(),
    };
  }

  get isReachable(): boolean {
    return this.#time.now() >= this.#offlineUntil;
  }

  /** Until when the device sleeps or has no network. */
  get awayUntil(): number {
    return Math.max(this.#sleepsUntil, this.#offlineUntil);
  }

  attach(socket: SimulatedSocket): void {
    socket.setGate((call) => this.#gate(call));
    this.#sockets.add(socket);
  }

  /** Every connection ends at once, and both ends know. */
  cut(): void {
    this.disturb();
    for (const socket of this.#take()) socket.reset();
  }

  /** The network changes: connections are half open from now on. */
  silence(): void {
    this.disturb();
    for (const socket of this.#take()) socket.silence();
  }

  offline(ms: number): void {
    this.silence();
    this.#offlineUntil = this.#time.now() + ms;
    this.#time.after(ms, () => this.disturb());
  }

  /** The device sleeps: no timer runs, and after a while no connection is left. */
  sleep(ms: number): void {
    this.silence();
    this.#sleepsUntil = this.#time.now() + ms;
    this.#time.after(ms, () => {
      this.disturb();
      for (const call of this.#waiting.splice(0)) call();
    });
  }

  #gate = (call: () => void): void => {
    if (this.#time.now() < this.#sleepsUntil) this.#waiting.push(call);
    else call();
  };

  /** Notes a fault that may keep the device from receiving events for a while. */
  disturb(): void {
    this.disturbedAt = this.#time.now();
  }

  #take(): SimulatedSocket[] {
    const sockets = [...this.#sockets];
    this.#sockets.clear();
    return sockets;
  }
}
