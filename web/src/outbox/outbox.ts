import { ApiError } from '../api/api.ts';

/** A post on its way to the server. `waiting`: there was no network or no answer, and it is tried again by itself. */
export interface OutboxItem<Draft, Posted> {
  /** The Idempotency-Key: however often it is sent, it is posted once. */
  key: string;
  draft: Draft;
  state: 'sending' | 'waiting' | 'refused' | 'posted';
  /** Why it was refused. */
  reason?: string;
  /** Once it is posted: shown from here until the list has it. */
  answer?: Posted;
  writtenAt: string;
}

interface Dependencies<Draft, Posted> {
  post: (draft: Draft, key: string) => Promise<Posted>;
  /** Keeps what is not posted yet over a reload. */
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  storageKey: string;
  /** @param startedAt when it was written, by `performance.now()` */
  onPosted?: (answer: Posted, startedAt: number) => void;
}

/** The server remembers a key for 24 hours: after this it is sent again only when the person says so. */
const SAFE_MS = 23 * 3_600_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** How many posted ones are remembered, for lists that do not have them yet. */
const POSTED = 5;

/** The person's posts on this page: thoughts or messages. Each is shown at once, and sent until the server has accepted or refused it. */
export class Outbox<Draft, Posted> {
  readonly #dependencies: Dependencies<Draft, Posted>;
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #items: readonly OutboxItem<Draft, Posted>[];

  constructor(dependencies: Dependencies<Draft, Posted>) {
    this.#dependencies = dependencies;
    this.#items = readItems(dependencies);
    for (const { key, state } of this.#items) if (state !== 'refused') void this.#send(key);
    addEventListener('online', this.#retryAll);
  }

  get items(): readonly OutboxItem<Draft, Posted>[] {
    return this.#items;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(draft: Draft): void {
    const item: OutboxItem<Draft, Posted> = {
      key: crypto.randomUUID(),
      draft,
      state: 'sending',
      writtenAt: new Date().toISOString(),
    };
    this.#set([item, ...this.#items]);
    void this.#send(item.key, performance.now());
  }

  retry(key: string): void {
    void this.#send(key);
  }

  discard(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#set(this.#items.filter((item) => item.key !== key));
  }

  /** Forgets a posted thought that was deleted. Otherwise the page would show it as still being sent. */
  forget(isDeleted: (answer: Posted) => boolean): void {
    if (this.#items.some(({ answer }) => answer && isDeleted(answer))) {
      this.#set(this.#items.filter(({ answer }) => !(answer && isDeleted(answer))));
    }
  }

  close(): void {
    removeEventListener('online', this.#retryAll);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #retryAll = (): void => {
    for (const { key, state } of this.#items) if (state === 'waiting') void this.#send(key);
  };

  async #send(key: string, startedAt = performance.now(), retryMs = FIRST_RETRY_MS): Promise<void> {
    clearTimeout(this.#timers.get(key));
    const item = this.#items.find((one) => one.key === key);
    if (!item || item.state === 'posted') return;
    this.#change(key, { state: 'sending' });
    try {
      const answer = await this.#dependencies.post(item.draft, key);
      this.#dependencies.onPosted?.(answer, startedAt);
      this.#change(key, { state: 'posted', answer });
    } catch (error) {
      if (isFinal(error)) {
        this.#change(key, { state: 'refused', reason: error.message });
        return;
      }
      this.#change(key, { state: 'waiting' });
      const again = () => void this.#send(key, startedAt, Math.min(2 * retryMs, LAST_RETRY_MS));
      this.#timers.set(key, setTimeout(again, retryMs));
    }
  }

  #change(key: string, change: Partial<OutboxItem<Draft, Posted>>): void {
    this.#set(this.#items.map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  #set(items: readonly OutboxItem<Draft, Posted>[]): void {
    const posted = items.filter(({ state }) => state === 'posted').slice(POSTED);
    this.#items = items.filter((item) => !posted.includes(item));
    const { storage, storageKey } = this.#dependencies;
    storage.setItem(storageKey, JSON.stringify(this.#items.filter(({ state }) => state !== 'posted')));
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the server would give the same answer to another try. */
const isFinal = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status < 500 && ![401, 408, 429].includes(error.status);

const readItems = <Draft, Posted>({
  storage,
  storageKey,
}: Dependencies<Draft, Posted>): readonly OutboxItem<Draft, Posted>[] => {
  try {
    const items = JSON.parse(storage.getItem(storageKey) ?? '[]') as OutboxItem<Draft, Posted>[];
    return items.map((item) =>
      Date.now() - Date.parse(item.writtenAt) < SAFE_MS
        ? item
        : { ...item, state: 'refused', reason: 'It was written over a day ago. Is it posted already?' },
    );
  } catch {
    return [];
  }
};
