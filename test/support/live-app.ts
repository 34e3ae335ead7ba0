import {
  type Gap,
  LiveClient,
  type LiveError,
  type MessageEvent,
  type Options,
  type Relation,
  type State,
  type ThoughtEvent,
} from '../../client/index.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { FakeServer } from './fake-server.ts';

const ADDRESS = 'wss://example.test/dev';

/** An app with a live client, on a server and a clock that the test plays. */
export class LiveApp {
  readonly runtime: FakeRuntime;
  readonly server: FakeServer;
  readonly client: LiveClient;
  readonly events: ThoughtEvent[] = [];
  readonly messages: MessageEvent[] = [];
  readonly gaps: Gap[] = [];
  readonly relations: Relation[] = [];
  readonly states: State[] = [];
  readonly errors: LiveError[] = [];
  readonly refused: [string, string][] = [];
  tickets = 0;
  /** The network, or the page, comes back. */
  wake = () => {};

  constructor(options: Partial<Options> = {}, server = new FakeServer(new FakeRuntime())) {
    this.server = server;
    this.runtime = server.runtime;
    this.client = new LiveClient({
      url: ADDRESS,
      ticket: async () => `ticket/${++this.tickets}`,
      openSocket: server.openSocket,
      watchWake: (wake) => {
        this.wake = wake;
        return () => {};
      },
      runtime: this.runtime,
      onEvent: (event) => this.events.push(event),
      onGap: (gap) => this.gaps.push(gap),
      onRelation: (relation) => this.relations.push(relation),
      onState: (state) => this.states.push(state),
      onError: (error) => this.errors.push(error),
      onRefused: (channel, { code }) => this.refused.push([channel, code]),
      ...options,
    });
    this.client.on('message', (event) => this.messages.push(event));
  }

  static async live(options: Partial<Options> = {}, server?: FakeServer): Promise<LiveApp> {
    const app = new LiveApp(options, server);
    await app.isLive();
    return app;
  }

  get seqs(): number[] {
    return this.events.map(({ seq }) => seq);
  }

  numbersOf(author: string): number[] {
    return this.events.filter((event) => event.author === author).map(({ seq }) => seq);
  }

  isLive(): Promise<void> {
    return this.runtime.until('the client to be live', () => this.client.state === 'live', 120_000);
  }

  /** Waits until so many events have come. */
  hears(count: number): Promise<void> {
    return this.runtime.until(`${count} events`, () => this.events.length >= count);
  }

  /** Cuts the connection, and waits for the next. */
  async reconnects(): Promise<void> {
    this.server.socket.cut();
    await this.isLive();
  }
}

export const newServer = (random?: () => number): FakeServer => new FakeServer(new FakeRuntime(random));
