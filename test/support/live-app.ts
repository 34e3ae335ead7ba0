import { type Gap, LiveClient, type Options, type State, type ThoughtEvent, type Timings } from '../../client/index.ts';
import { platform } from '../../client/runtime.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { FakeServer } from './fake-server.ts';

const ADDRESS = 'wss://example.test/dev';

/** Short enough for tests, long enough to tell them apart. */
const TIMINGS: Timings = {
  newcomerMs: 5,
  holeMs: 20,
  pingMs: 60_000,
  lifetimeMs: 60_000,
  overlapMs: 30,
  answerMs: 5_000,
  backoffBaseMs: 10,
  backoffCapMs: 20,
};

/** An app with a live client, on a server that the test plays. */
export class LiveApp {
  readonly server: FakeServer;
  readonly client: LiveClient;
  readonly events: ThoughtEvent[] = [];
  readonly gaps: Gap[] = [];
  readonly states: State[] = [];
  tickets = 0;

  constructor(options: Partial<Options> = {}, server = new FakeServer()) {
    this.server = server;
    this.client = new LiveClient({
      url: ADDRESS,
      ticket: async () => `ticket/${++this.tickets}`,
      openSocket: server.openSocket,
      runtime: { ...platform, random: () => 0 },
      onEvent: (event) => this.events.push(event),
      onGap: (gap) => this.gaps.push(gap),
      onState: (state) => this.states.push(state),
      ...options,
      timings: { ...TIMINGS, ...options.timings },
    });
  }

  get seqs(): number[] {
    return this.events.map(({ seq }) => seq);
  }

  async isLive(): Promise<void> {
    await waitFor('the client to be live', () => this.client.state === 'live', 2_000);
  }

  /** Waits until so many events have come. */
  async hears(count: number): Promise<void> {
    await waitFor(`${count} events`, () => this.events.length >= count, 2_000);
  }
}
