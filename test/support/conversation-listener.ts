import { onTestFinished } from 'vitest';
import type { ConversationNews, LiveClient, MessageEvent, Options } from '../../client/index.ts';
import type { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';

const WAIT_MS = 15_000;

/** What one device hears of conversations, through the client that apps use. */
export class ConversationListener {
  readonly events: MessageEvent[] = [];
  readonly news: ConversationNews[] = [];
  readonly client: LiveClient;

  private constructor(user: Api, timings: Options['timings']) {
    this.client = user.listen({ ...(timings && { timings }) });
    this.client.on('message', (event) => this.events.push(event));
    this.client.on('conversation', (news) => this.news.push(news));
  }

  /** A device that is live, until the test ends. */
  static async start(user: Api, timings?: Options['timings']): Promise<ConversationListener> {
    const listener = new ConversationListener(user, timings);
    onTestFinished(() => listener.client.close());
    await waitFor(`${user.username} to be live`, () => listener.client.state === 'live', WAIT_MS);
    return listener;
  }

  /** The texts in the order in which they came; `undefined` for a delete. */
  get texts(): (string | undefined)[] {
    return this.events.map(({ message }) => message?.text);
  }

  /** Waits for the change of a conversation that has this number, or a later one. */
  async hears(seq: number): Promise<void> {
    await waitFor(`change ${seq}`, () => this.events.some((event) => event.seq >= seq), WAIT_MS);
  }

  /** Waits for the news that has these properties. */
  async isTold(expected: Record<string, unknown>): Promise<void> {
    const has = (one: object) => Object.entries(expected).every(([name, value]) => Reflect.get(one, name) === value);
    await waitFor(JSON.stringify(expected), () => this.news.some(has), WAIT_MS);
  }
}
