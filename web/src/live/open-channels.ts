/** The parts of the client and its store that are used here. */
interface Subscriber {
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
}
interface ListKeeper {
  /** @returns what ends it: the store forgets a list that nobody shows */
  subscribe(listener: () => void, channel: string): () => void;
}

/** How many channels stay subscribed after their page was left, so that going back shows it at once. */
const KEPT = 6;

/** Which channels are subscribed: those on the screen, and the last ones that were. The timeline always is. */
export class OpenChannels {
  readonly #client: Subscriber;
  readonly #store: ListKeeper;
  /** How often each channel is on the screen; the last opened one comes last. */
  readonly #uses = new Map<string, number>();
  /** By channel: what lets the store forget its list. */
  readonly #keeps = new Map<string, () => void>();

  constructor(client: Subscriber, store: ListKeeper) {
    this.#client = client;
    this.#store = store;
    this.#keep('timeline');
  }

  /** @returns what ends its use */
  open(channel: string): () => void {
    if (channel === 'timeline') return () => {};
    const uses = this.#uses.get(channel);
    this.#uses.delete(channel);
    this.#uses.set(channel, (uses ?? 0) + 1);
    // A refusal is told by `onRefused`; the list is then as it was read.
    if (uses === undefined) {
      this.#client.subscribe(channel).catch(() => {});
      this.#keep(channel);
    }
    this.#closeOldest();
    return () => {
      this.#uses.set(channel, (this.#uses.get(channel) ?? 1) - 1);
      this.#closeOldest();
    };
  }

  #closeOldest(): void {
    for (const [channel, uses] of this.#uses) {
      if (this.#uses.size <= KEPT) return;
      if (uses > 0) continue;
      this.#uses.delete(channel);
      this.#client.unsubscribe(channel).catch(() => {});
      this.#keeps.get(channel)?.();
      this.#keeps.delete(channel);
    }
  }

  #keep(channel: string): void {
    this.#keeps.set(
      channel,
      this.#store.subscribe(() => {}, channel),
    );
  }
}
