/** How often something happened lately, for each name. */
export class RecentCounts {
  readonly #windowMs: number;
  readonly #times = new Map<string, number[]>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(name: string, now: number): void {
    const times = this.#times.get(name) ?? [];
    while ((times[0] ?? now) < now - this.#windowMs) times.shift();
    times.push(now);
    this.#times.set(name, times);
  }

  count(name: string, now: number): number {
    return (this.#times.get(name) ?? []).filter((at) => at >= now - this.#windowMs).length;
  }
}
