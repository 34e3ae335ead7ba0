import type { Runtime } from './runtime.ts';

/** What becomes of the bytes between one device and the gateway. */
export interface NetworkRules {
  /** One way, in milliseconds. */
  latencyMs: [number, number];
}

type World = Runtime & { after(ms: number, call: () => void): () => void };

/**
 * One TCP connection's two directions. Each keeps its order. When the network goes silently (a phone changes from Wi-Fi
 * to a mobile network), nothing arrives any more and neither end is told: the connection is half open.
 */
export class Wire {
  readonly #world: World;
  readonly #rules: NetworkRules;
  readonly #busyUntil = { up: 0, down: 0 };
  isSilent = false;

  constructor(world: World, rules: NetworkRules) {
    this.#world = world;
    this.#rules = rules;
  }

  /** Carries something to the other end, behind what is on its way already. */
  carry(direction: 'up' | 'down', arrive: () => void): void {
    const [least, most] = this.#rules.latencyMs;
    const latency = least + this.#world.random() * (most - least);
    const at = Math.max(this.#world.now() + latency, this.#busyUntil[direction]);
    this.#busyUntil[direction] = at;
    this.#world.after(at - this.#world.now(), () => {
      if (!this.isSilent) arrive();
    });
  }
}
