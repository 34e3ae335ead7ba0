import type { DynamoDBStreamEvent } from 'aws-lambda';
import { connect, type LiveClient, type Options } from '../../client/index.ts';
import type { Clock } from '../../local/gateway/clock.ts';
import { WebSocketGateway } from '../../local/gateway/gateway.ts';
import { GatewaySockets } from '../../src/push/sockets.ts';
import { realRuntime } from '../../src/runtime/runtime.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores, type Stores } from '../../src/stores.ts';
import { createStreamFunction } from '../../src/stream/function.ts';
import type { Table } from '../../src/table/table.ts';
import { createWebSocketFunction } from '../../src/websocket/function.ts';
import { MemoryTable } from './memory-table.ts';
import { heartbeatRoutes } from './serverless-yml.ts';
import { batchOf, contextWith, StreamTap } from './stream.ts';

const HOUR = 3_600_000;
const INVOCATION_MS = 30_000;
const settings = readSettings({ TABLE_NAME: 'living' });

export interface LivingStackOptions {
  clock?: Clock;
  /** In memory when left out, and its stream runs by itself; another's stream is run by who brings it. */
  table?: Table;
}

/** The real functions and the real gateway on one table: all of a stack that a live client can notice. */
export class LivingStack {
  readonly stores: Stores;
  readonly gateway: WebSocketGateway;
  /** How many frames clients have sent. */
  frames = 0;
  readonly #table: Table;
  #url = '';
  #sockets: GatewaySockets | undefined;
  #tap: StreamTap | undefined;
  #handle: ReturnType<typeof createStreamFunction> | undefined;
  #running: Promise<void> | undefined;

  constructor({ clock, table = new MemoryTable() }: LivingStackOptions = {}) {
    this.#table = table;
    this.stores = createStores({ table, settings });
    const handler = createWebSocketFunction({
      settings,
      table,
      sockets: {
        post: async (connectionId, frame) => (await this.#sockets?.post(connectionId, frame)) ?? { kind: 'gone' },
        close: async (connectionId, last) => this.#sockets?.close(connectionId, last),
      },
      runtime: realRuntime,
    });
    const invoke = (event: unknown) => {
      const call = event as Parameters<typeof handler>[0];
      if (call.requestContext.routeKey === '$default') this.frames++;
      return handler(call);
    };
    this.gateway = new WebSocketGateway({
      stage: 'test',
      ...(clock && { clock }),
      routes: [
        ...['$connect', '$disconnect', '$default'].map((route) => ({ route, invoke, answers: true })),
        ...heartbeatRoutes(),
      ],
    });
    if (table instanceof MemoryTable) this.#runStreamOf(table);
  }

  async start(): Promise<void> {
    const port = await this.gateway.listen(0);
    this.#url = `ws://127.0.0.1:${port}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const sockets = new GatewaySockets({ endpoint: `http://127.0.0.1:${port}`, region: 'local', credentials });
    this.#sockets = sockets;
    this.#handle = createStreamFunction({
      settings,
      table: this.#table,
      sockets,
      parking: {
        park: async (_record, error) => {
          throw error;
        },
      },
      runtime: realRuntime,
    });
  }

  /** The stream function. */
  handle = async (event: DynamoDBStreamEvent): Promise<unknown> => {
    const deadline = Date.now() + INVOCATION_MS;
    return this.#handle?.(
      event,
      contextWith(() => deadline - Date.now()),
    );
  };

  get url(): string {
    return this.#url;
  }

  /** @param loginMs how long the login behind the ticket holds */
  ticket(username: string, loginMs = HOUR): Promise<string> {
    return this.stores.tickets.issue({ username, authExpiresAt: Date.now() + loginMs });
  }

  /** A live client of one user. @param loginMs how long the login behind each ticket holds */
  listen(username: string, options: Partial<Options> = {}, loginMs = HOUR): LiveClient {
    const ticket = () => this.stores.tickets.issue({ username, authExpiresAt: Date.now() + loginMs });
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

  #runStreamOf(table: MemoryTable): void {
    this.#tap = new StreamTap(table);
    const note = table.onChange;
    table.onChange = (change) => {
      note(change);
      this.#running ??= this.#stream().finally(() => (this.#running = undefined));
    };
  }

  /** Each change in an invocation, and so a frame, of its own. */
  async #stream(): Promise<void> {
    await Promise.resolve();
    for (let records = this.#tap?.take() ?? []; records.length > 0; records = this.#tap?.take() ?? []) {
      for (const record of records) await this.handle(batchOf([record]));
    }
  }
}
