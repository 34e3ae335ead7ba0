import { connect, type LiveClient, type Options } from '../../client/index.ts';
import type { Clock } from '../../local/gateway/clock.ts';
import { WebSocketGateway } from '../../local/gateway/gateway.ts';
import { FanOut } from '../../src/fan-out/fan-out.ts';
import type { FollowItem } from '../../src/follows/follow-store.ts';
import { createForget } from '../../src/push/forget.ts';
import { Outbox } from '../../src/push/outbox.ts';
import { Pusher } from '../../src/push/pusher.ts';
import { GatewaySockets } from '../../src/push/sockets.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores, realAmbient, type Stores } from '../../src/stores.ts';
import { realPause } from '../../src/table/backoff.ts';
import { type ThoughtItem, toThought } from '../../src/thoughts/thought-items.ts';
import { createWebSocketHandler } from '../../src/websocket/handler.ts';
import { Resumer } from '../../src/websocket/resume.ts';
import { MemoryTable } from './memory-table.ts';
import { NO_PACE } from './world.ts';

const HOUR = 3_600_000;
const PUSH_MS = 2_000;
const settings = readSettings({ TABLE_NAME: 'memory' });

/** The real functions and the real gateway on a table in memory: all of a stack that a live client can notice. */
export class LivingStack {
  readonly table = new MemoryTable();
  readonly stores: Stores = createStores(this.table, settings);
  readonly gateway: WebSocketGateway;
  #url = '';
  #fanOut: FanOut;
  #pusher: Pusher | undefined;
  #changes: Parameters<MemoryTable['onChange']>[0][] = [];
  #running: Promise<void> | undefined;

  constructor(clock?: Clock) {
    const { stores, table } = this;
    const handler = createWebSocketHandler({ ...stores, resumer: new Resumer(stores), ambient: realAmbient });
    const invoke = (event: unknown) => handler(event as Parameters<typeof handler>[0]);
    this.gateway = new WebSocketGateway({
      stage: 'test',
      ...(clock && { clock }),
      routes: ['$connect', '$disconnect', '$default'].map((route) => ({ route, invoke, answers: true })),
    });
    this.#fanOut = new FanOut({ ...stores, table, ambient: realAmbient, settings: settings.fanOut, pace: NO_PACE });
    this.table.onChange = (change) => {
      this.#changes.push(change);
      this.#running ??= this.#stream().finally(() => (this.#running = undefined));
    };
  }

  async start(): Promise<void> {
    const port = await this.gateway.listen(0);
    this.#url = `ws://127.0.0.1:${port}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const endpoint = `http://127.0.0.1:${port}`;
    this.#pusher = new Pusher({
      sockets: new GatewaySockets({ endpoint, region: 'local', credentials }),
      forget: createForget(this.stores),
      ambient: realAmbient,
      sleep: realPause.sleep,
      pace: NO_PACE,
    });
  }

  /** A live client of one user. */
  listen(username: string, options: Partial<Options> = {}): LiveClient {
    const ticket = () => this.stores.tickets.issue({ username, authExpiresAt: Date.now() + HOUR });
    return connect({ url: this.#url, ticket, ...options });
  }

  async post(author: string, text = 'a thought'): Promise<string> {
    const outcome = await this.stores.thoughts.create(author, { text });
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    return outcome.thought.id;
  }

  /** Until the stream has nothing more to do. */
  async settle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #stream(): Promise<void> {
    for (let change = this.#changes.shift(); change; change = this.#changes.shift()) {
      const outbox = new Outbox();
      const invocation = { outbox, hasTime: () => true };
      const item = change.new;
      if (item?.type === 'thought') {
        const thought = toThought(item as unknown as ThoughtItem);
        await this.#fanOut.handle({ kind: 'thought', thought }, invocation);
      }
      if (item?.type === 'following' && !change.old) {
        await this.#fanOut.handle({ kind: 'following', follow: item as unknown as FollowItem }, invocation);
      }
      await this.#pusher?.flush(outbox, { deadline: Date.now() + PUSH_MS, retryUntil: Date.now() + PUSH_MS });
    }
  }
}
