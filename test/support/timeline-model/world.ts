import { seededRandom } from '../../../local/faults/random.ts';
import type { Change } from '../../../src/fan-out/fan-out.ts';
import { keys, namesOfEdge } from '../../../src/keys/keys.ts';
import { decodeRecord } from '../../../src/stream/decode.ts';
import type { Item } from '../../../src/table/table.ts';
import { type Thought, timeOfId } from '../../../src/thoughts/thought.ts';
import { type ThoughtItem, toThought } from '../../../src/thoughts/thought-items.ts';
import { aRecord, isStreamed } from '../stream.ts';
import { check, checkEarly } from './checks.ts';
import { Clients } from './clients.ts';
import { type Command, type Course, USERS } from './commands.ts';
import { createHost, type Deployments, type Host, type Variant } from './hosts.ts';
import { Jobs } from './jobs.ts';
import { LaggingTable, type MakeLaggingTable, REPLICA_LAG } from './lagging-table.ts';
import type { System } from './load-system.ts';
import { Requests } from './requests.ts';

const START = Date.parse('2026-01-02T03:04:05.000Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const MAX_ROUNDS = 2_000;

interface StreamRecord {
  change: Change;
  state: 'waiting' | 'running' | 'done';
}

const mutedOf = (item: Item): unknown => (item as Item & { muted?: boolean }).muted;

/** Every process, client and clock of a small stack, on one table whose replicas lag. */
export class World {
  now = START;
  readonly table: LaggingTable;
  readonly clients: Clients;
  readonly #system: System;
  readonly #jobs: Jobs;
  readonly #requests: Requests;
  readonly #records: StreamRecord[] = [];
  readonly #deployments: Deployments;
  readonly #makeHosts: () => Host[];
  #hosts: Host[];
  #count = 0;

  constructor(
    system: System,
    variant: Variant,
    { clocks, seed }: Pick<Course, 'clocks' | 'seed'>,
    deployments: Deployments,
    makeTable: MakeLaggingTable = (now, random) => new LaggingTable(now, random),
  ) {
    const random = seededRandom(seed);
    const now = () => this.now;
    this.#system = system;
    this.#deployments = deployments;
    this.table = makeTable(now, random);
    this.#jobs = new Jobs(this.table);
    const around = { system, table: this.#jobs.table, variant, now, random };
    this.#makeHosts = () => clocks.map((clock) => createHost(around, clock, deployments.days));
    this.#hosts = this.#makeHosts();
    this.clients = new Clients(this.table, (user) => this.#requests.readAnew(user, this.#count));
    this.#requests = new Requests(this, this.#jobs, this.clients);
    this.table.onChange = (change) => this.#changed(change as { old: Item | undefined; new: Item | undefined });
  }

  host = (at: number): Host => this.#hosts[at % this.#hosts.length] as Host;

  thoughts(): Thought[] {
    const items = [...this.table.items.values()].filter(({ type }) => type === 'thought');
    return items.map((item) => toThought(item as unknown as ThoughtItem));
  }

  /** Who is here, and follows whom for long enough that entries are relied on. */
  async begin(edges: [number, number][]): Promise<void> {
    for (const [at, name] of USERS.entries()) {
      await this.#requests.request('ensure', () => this.host(0).users.ensure(name));
      await this.run({ do: 'read', who: at, host: 0 });
    }
    await this.rest();
    for (const [who, other] of edges) await this.run({ do: 'follow', who, other, host: 0 });
    await this.rest();
    await this.run({ do: 'pass', ms: 3 * MINUTE });
  }

  async run(command: Command): Promise<void> {
    if ('other' in command) return this.#requests.changeEdge(command);
    if ('who' in command) return this.#requests.act(command, USERS[command.who % USERS.length] ?? '');
    switch (command.do) {
      case 'step':
        return this.#jobs.step(command.which, command.times);
      case 'stream':
        return this.#bring(command);
      case 'crash':
        return this.#jobs.crash(command.which);
      case 'pass':
        return this.#pass(command.ms);
      case 'pass to': {
        const ends = command.end === 'entries' ? this.#entryEnds() : this.#retentionEnds();
        const end = ends[command.which % Math.max(1, ends.length)];
        return end === undefined ? undefined : this.#pass(end + command.ms - this.now);
      }
      case 'settle':
        return this.#settle(command.withStream);
      case 'rest':
        return this.rest();
      case 'sweep':
        return this.#sweep();
      case 'deploy':
        this.#deployments.step(this.now, command.activeDays, command.retentionDays);
        this.#hosts = this.#makeHosts();
        return;
      case 'check':
        await this.rest(true);
        return this.check(command.host, command.sizes);
    }
  }

  /** Everything that has begun ends, the stream is empty, and replicas have caught up. */
  async rest(isCheckedEarly = false): Promise<void> {
    for (let round = 0; ; round++) {
      if (round > MAX_ROUNDS) throw new Error('It never comes to rest');
      const waiting = this.#records.find(({ state }) => state === 'waiting');
      if (await this.#jobs.finishOne()) continue;
      if (!waiting) break;
      await this.#handle(waiting, round);
    }
    if (isCheckedEarly) await this.#check((world) => checkEarly(world, 0));
    await this.#pass(REPLICA_LAG);
  }

  async #settle(withStream: boolean): Promise<void> {
    const { oldest } = this.#jobs;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (await this.#jobs.finishOther(oldest)) continue;
      const waiting = withStream && this.#records.find(({ state }) => state === 'waiting');
      if (!waiting) return;
      await this.#handle(waiting, round);
    }
    throw new Error('It never settles');
  }

  /** At rest, every timeline is what its definition says, and open clients know all of it. */
  async check(host: number, sizes: number[]): Promise<void> {
    return this.#check((world) => check(world, host, sizes));
  }

  async #check(work: (world: World) => Promise<void>): Promise<void> {
    let failure: unknown;
    const job = { name: 'check', isRepeated: true };
    await this.#jobs.begin(job, () => work(this).catch((error) => (failure = error)));
    while (await this.#jobs.finishOne()) if (failure) break;
    if (failure) throw failure;
  }

  #changed(change: { old: Item | undefined; new: Item | undefined }): void {
    this.table.keep(change);
    const { old, new: item } = change;
    if ((item ?? old)?.pk.startsWith('USER#') && (item ?? old)?.sk.startsWith('FOLLOWING#')) {
      if (item?.type === 'following' && old?.type !== 'following' && this.#jobs.current !== 'follow') {
        throw new Error(`A follow came back by ${this.#jobs.current}`);
      }
      const isMuteChanged = old?.type === 'following' && item?.type === 'following' && mutedOf(old) !== mutedOf(item);
      if (isMuteChanged && !this.#jobs.current.endsWith('mute')) {
        throw new Error(`A mute was changed by ${this.#jobs.current}`);
      }
      this.clients.edgeChanged(namesOfEdge((item ?? old) as Item));
    }
    if (!item || !isStreamed(item, old)) return;
    const decoded = decodeRecord(aRecord(++this.#count, item, old));
    if (decoded) this.#records.push({ change: decoded, state: 'waiting' });
  }

  async #bring({ which, host, again }: Extract<Command, { do: 'stream' }>): Promise<void> {
    const records = this.#records.filter(({ state }) => state === (again ? 'done' : 'waiting'));
    const record = records[which % Math.max(1, records.length)];
    if (record) await this.#handle(record, host);
  }

  async #handle(record: StreamRecord, at: number): Promise<void> {
    const { fanOut } = this.host(at);
    const pushBuffer = new this.#system.PushBuffer();
    const before = record.state;
    const since = this.clients.mark(this.thoughts());
    record.state = 'running';
    const work = async () => {
      await fanOut.handle(record.change, {
        pushBuffer,
        hasTime: () => (this.#count + at) % 3 > 0,
        deadline: Number.POSITIVE_INFINITY,
      });
      await this.#jobs.turn();
    };
    const onDone = async () => {
      record.state = 'done';
      for (const batch of pushBuffer.take()) await this.clients.hear(batch, since);
    };
    const onCrash = () => {
      record.state = before;
    };
    await this.#jobs.begin({ name: 'stream', onDone, onCrash }, work);
  }

  async #pass(ms: number): Promise<void> {
    await this.#jobs.finishBefore(this.now + ms);
    this.now += Math.max(0, ms);
    this.clients.cutBefore(this.now);
  }

  async #sweep(): Promise<void> {
    this.#jobs.current = 'sweep';
    for (const { pk, sk, expiresAt } of [...this.table.items.values()]) {
      if ((expiresAt ?? Number.POSITIVE_INFINITY) * 1000 <= this.now) await this.table.write([{ delete: { pk, sk } }]);
    }
  }

  #entryEnds(): number[] {
    const ends = USERS.map((name) => {
      const { pk, sk } = keys.presence(name);
      return Number(this.table.items.get(`${pk}\n${sk}`)?.entriesUntil);
    });
    return ends.filter((end) => end > this.now);
  }

  #retentionEnds(): number[] {
    const ends = this.thoughts().map(({ id }) => timeOfId(id) + this.#deployments.days.retention * DAY);
    return ends.filter((end) => end > this.now - MINUTE);
  }
}
