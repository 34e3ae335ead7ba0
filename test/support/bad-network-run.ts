import type { Gap, Options, Thought, ThoughtEvent } from '../../client/index.ts';
import { Usage } from '../../local/aws/dynamodb/usage.ts';
import { seededRandom } from '../../local/faults/random.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import { toThoughtView } from '../../src/thoughts/thought-view.ts';
import { Cloud } from '../../tools/simulation/cloud.ts';
import { Device } from '../../tools/simulation/device.ts';
import { Faults } from '../../tools/simulation/faults.ts';
import type { Plan } from '../../tools/simulation/plan-types.ts';
import { NORMAL_CONDITIONS } from '../../tools/simulation/themes.ts';
import { Trace } from '../../tools/simulation/trace.ts';
import { VirtualTime } from '../../tools/simulation/virtual-time.ts';
import { worldOf } from '../../tools/simulation/world.ts';
import { BadNetwork } from './bad-network.ts';

const START = Date.parse('2026-01-05T08:00:00.000Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Of whom the reader follows the first half; the others come by `author:`, `topic:` and `all`. */
const AUTHORS = ['anna', 'boris', 'clara', 'dora', 'emil', 'fritz'];
const CHANNELS = ['author:dora', 'topic:tea', 'all'];
const EVERY_MS = 300;
/** A change that is older than this and was not shown is missing; a younger one may be on its way. */
const ON_ITS_WAY_MS = 1_500;
/** What comes so soon after a gap was not missing. */
const SOON_MS = SECOND;
/** Within so long after a cut the client tells the gaps of strangers' channels, once. */
const LOOSE_MS = 13 * SECOND;
const GAPS_AT_ONCE = 20;
const SLEEP_EVERY = 1_000;

export interface ToldGap extends Gap {
  at: number;
  /** Thoughts that the app did not have, or had in an older version, and that no event brought within a second. */
  hid: string[];
  /** For a channel of strangers, after a reconnect: a replay would not show that an older thought was changed. */
  isByCut: boolean;
}

export interface BadNetworkResult {
  events: ThoughtEvent[];
  gaps: ToldGap[];
  /** Thoughts of which the app does not have the last version, in the end. */
  wrong: string[];
  /** Events that came when it was their turn, and were given later than that. */
  heldUp: string[];
  counts: BadNetwork['counts'];
}

/** What a client under test is given. */
export type ClientOptions = Options & {
  ticket: () => Promise<{ ticket: string }>;
  openSocket: NonNullable<Options['openSocket']>;
  runtime: NonNullable<Options['runtime']>;
};
export type ConnectClient = (options: ClientOptions) => {
  known(thoughts: Thought[], channel: string): unknown;
  close(): void;
};

/**
 * Changes over a network with every fault, on a virtual clock: the real functions and a client by its own timings.
 * The same seed is the same run, however busy the machine is. One change in ten is an edit.
 */
export const runBadNetwork = async (
  changes: number,
  seed: number,
  connectClient: ConnectClient,
): Promise<BadNetworkResult> => {
  const time = new VirtualTime(START);
  const trace = new Trace(time.now, false);
  // Pushes fail too, and the functions retry them, or mark the connection.
  const plan: Plan = {
    seed,
    theme: 'network',
    minutes: 0,
    people: [],
    steps: [],
    conditions: { ...NORMAL_CONDITIONS, pushFails: 0.02 },
  };
  const faults = new Faults(
    plan,
    () => 0,
    worldOf(time, seed, 'faults').random,
    () => undefined,
  );
  const cloud = new Cloud({ plan, time, trace, faults, onPush: () => {}, onUsage: () => {} });
  const world = worldOf(time, seed, 'authors');
  const runtime = { ...world, newSecret: () => `secret-${world.newId()}` };
  const client = cloud.database.client(runtime, new Usage(), (promise) => promise);
  const settings = readSettings({ TABLE_NAME: cloud.database.tableName });
  const stores = createStores({
    table: new DynamoTable({ dynamoDb: client, name: cloud.database.tableName, runtime }),
    settings,
    runtime,
  });
  const done = async <T>(work: Promise<T>): Promise<T> => {
    await time.runUntilDone(work, time.now() + MINUTE);
    return work;
  };
  await cloud.mapping.start();
  for (const author of [...AUTHORS, 'bob']) await done(stores.users.ensure(author));
  for (const author of AUTHORS.slice(0, 3)) await done(stores.follows.follow('bob', author));
  await time.runUntil(time.now() + MINUTE);

  const random = seededRandom(seed);
  const device = new Device('bob/0', time, random, 0);
  const network = new BadNetwork({
    ...{ seed, drop: 0.02, delay: 0.05, cut: 0.003, halfOpen: 0.001, gatewayError: 0.01, maxDelayMs: 2 * SECOND },
    after: time.after,
    open: (url, protocols) => {
      const socket = cloud.gateway.connect(url, device.isReachable);
      socket.protocols = protocols;
      device.attach(socket);
      return socket as never;
    },
  });
  const reader = new Reader(time.now);
  const live = connectClient({
    url: 'wss://simulated/',
    ticket: async () => ({ ticket: await stores.tickets.issue({ username: 'bob', authExpiresAt: time.now() + 9e9 }) }),
    channels: CHANNELS,
    runtime: device.runtime,
    openSocket: reader.listening(network.openSocket),
    onEvent: (event) => reader.give(event),
    onGap: (gap) => reader.tell(gap, (read, channel) => queueMicrotask(() => live.known(read, channel))),
    onState: (state) => reader.becomes(state),
  });
  await time.runUntil(time.now() + MINUTE);

  for (let n = 0, made = 0; made < changes; n++, made++) {
    // The last changes come: no later number would tell that they were lost.
    if (made >= changes - 2 * AUTHORS.length) network.isOn = false;
    const author = AUTHORS[n % AUTHORS.length] ?? '';
    const text = `thought ${n}${n % 7 === 0 ? ' #tea' : ''}`;
    const posted = await done(stores.thoughts.create(author, { text }));
    if (posted.kind === 'created') reader.make(toThoughtView(posted.thought));
    if (n % 9 === 8 && ++made) {
      const old = reader.pick(random());
      const edited = old && (await done(stores.thoughts.edit(old.author, old.id, { text: `edited at ${n}` })));
      if (edited?.kind === 'changed') reader.make(toThoughtView(edited.thought));
    }
    if (n % SLEEP_EVERY === SLEEP_EVERY / 2) device.sleep(40 * SECOND);
    await time.runUntil(time.now() + EVERY_MS);
  }
  faults.isOver = true;
  for (let minute = 0; minute < 45 && reader.wrong().length > 0; minute++) await time.runUntil(time.now() + MINUTE);
  live.close();
  void cloud.mapping.stop();
  await time.runUntil(time.now() + MINUTE);
  return {
    events: reader.events,
    gaps: reader.gaps,
    wrong: reader.wrong(),
    heldUp: reader.heldUp,
    counts: network.counts,
  };
};

const nameOf = ({ id, version }: Thought): string => `${id}:${version}`;

/** The lists that a thought stands in. */
const listsOf = ({ author, topics }: Thought): string[] => [
  ...(AUTHORS.indexOf(author) < 3 ? ['timeline'] : []),
  ...[`author:${author}`, ...topics.map((topic) => `topic:${topic}`)].filter((name) => CHANNELS.includes(name)),
  'all',
];

/** An app with a list for each channel. It applies events, and reads anew what a gap names; each list is held against the truth. */
class Reader {
  readonly events: ThoughtEvent[] = [];
  readonly gaps: ToldGap[] = [];
  readonly heldUp: string[] = [];
  readonly #now: () => number;
  readonly #truth = new Map<string, { thought: Thought; at: number }>();
  /** By channel and thought, the version that its list shows. */
  readonly #shown = new Map(['timeline', ...CHANNELS].map((channel) => [channel, new Map<string, number>()]));
  /** By author, the number given last. */
  readonly #last = new Map<string, number>();
  #liveAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  make(thought: Thought): void {
    this.#truth.set(thought.id, { thought, at: this.#now() });
  }

  pick(chance: number): Thought | undefined {
    return [...this.#truth.values()][Math.floor(chance * this.#truth.size)]?.thought;
  }

  give(event: ThoughtEvent): void {
    const { author, channels, seq, thought, thoughtId } = event;
    this.events.push(event);
    const since = this.#now() - SOON_MS;
    for (const gap of this.gaps.slice(-GAPS_AT_ONCE)) {
      if (gap.at >= since) gap.hid = gap.hid.filter((name) => name !== event.id);
    }
    this.#last.set(author, seq);
    for (const [channel, list] of this.#shown) {
      if (channels.includes(channel) || list.has(thoughtId)) list.set(thoughtId, thought?.version ?? 0);
    }
  }

  becomes(state: string): void {
    if (state === 'live') this.#liveAt = this.#now();
  }

  /** @param known takes what was read of a list */
  tell(gap: Gap, known: (read: Thought[], channel: string) => void): void {
    const before = this.#now() - ON_ITS_WAY_MS;
    const read = new Map([...this.#shown.keys()].map((channel) => [channel, [] as Thought[]]));
    const hid: string[] = [];
    for (const { channel, thought, at } of this.#due()) {
      if (gap.author !== undefined && gap.author !== thought.author) continue;
      if (gap.channel !== undefined && gap.channel !== channel) continue;
      if (at < before && this.#shown.get(channel)?.get(thought.id) !== thought.version) hid.push(nameOf(thought));
      this.#shown.get(channel)?.set(thought.id, thought.version);
    }
    for (const { channel, thought } of this.#due()) {
      const isRead = gap.channel === undefined || gap.channel === channel;
      if (isRead && this.#shown.get(channel)?.get(thought.id) === thought.version) read.get(channel)?.push(thought);
    }
    this.gaps.push({ ...gap, at: this.#now(), hid, isByCut: this.#isByCut(gap) });
    for (const [channel, thoughts] of read) if (thoughts.length > 0) known(thoughts, channel);
  }

  #isByCut({ channel = '' }: Gap): boolean {
    const isLoose = channel === 'all' || channel.startsWith('topic:');
    const isFirst = !this.gaps.some((gap) => gap.channel === channel && gap.at >= this.#liveAt);
    return isLoose && isFirst && this.#now() - this.#liveAt < LOOSE_MS;
  }

  /** What a list does not show as it is. */
  wrong(): string[] {
    return [...this.#due()]
      .filter(({ channel, thought }) => this.#shown.get(channel)?.get(thought.id) !== thought.version)
      .map(({ channel, thought }) => `${channel} ${thought.author} ${nameOf(thought)}`);
  }

  /** Notes the events of each frame that come when it is their turn: they are given before anything else happens. */
  listening(open: NonNullable<Options['openSocket']>): NonNullable<Options['openSocket']> {
    return (url, protocols) => {
      const socket = open(url, protocols);
      let isClosed = false;
      const close = () => {
        isClosed = true;
        socket.close();
      };
      const add = (type: string, listener: (event: { data: unknown }) => void) =>
        socket.addEventListener(type as 'message', (event) => {
          const frame = type === 'message' ? (JSON.parse(String(event.data)) as { events?: ThoughtEvent[] }) : {};
          const next = (frame.events ?? []).filter(({ author, seq }) => seq === (this.#last.get(author) ?? seq) + 1);
          listener(event);
          // Nobody hears what comes by a connection that was given up.
          if (isClosed) return;
          for (const { author, seq, id } of next) if ((this.#last.get(author) ?? 0) < seq) this.heldUp.push(id);
        });
      return { ...socket, close, addEventListener: add as typeof socket.addEventListener };
    };
  }

  *#due(): Iterable<{ channel: string; thought: Thought; at: number }> {
    for (const { thought, at } of this.#truth.values()) {
      for (const channel of listsOf(thought)) yield { channel, thought, at };
    }
  }
}
