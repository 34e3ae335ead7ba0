import type { State, Thought } from '../../client/index.ts';
import type { NumberedEvent } from '../../client/types.ts';
import type { Answer } from './answer.ts';
import type { App } from './app.ts';
import type { Units } from './cloud.ts';
import { ConversationLog } from './conversation-log.ts';
import { DeletedTexts } from './deleted-texts.ts';
import type { Device } from './device.ts';
import { Frames } from './frames.ts';
import type { HistoryOptions } from './history-options.ts';
import { RecentCounts } from './recent-counts.ts';
import type { Action } from './steps.ts';

/** A broken invariant. */
export interface Violation {
  /** The invariant's stable code, such as `stalled`. */
  code: string;
  detail: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** A device without faults gets a thought within this time after the answer 201, in milliseconds. */
export const HEARD_WITHIN_MS = 15_000;
/** A device is not checked for this long after a fault, in milliseconds. */
export const SETTLED_AFTER_MS = 200_000;
/** The most read units of one request: a fixed part, and a part for each item of the requested page. */
const MAX_READS = 200;
const MAX_READS_PER_ITEM = 4;
/** The client gives a received event to the app within this time: by then it has filled the hole before the event, or told a gap. */
const HELD_MS = 60_000;
/** An Idempotency-Key is remembered for at least this long, in milliseconds. */
const KEY_LIFETIME_MS = 23 * 3_600_000;
/** A person with fewer changes than this in a minute must not be limited: it is the lowest limit, that of the profile. */
const LIMITED_FROM = 10;
const LIMITED_MS = 60_000;
/** The most connections that a device without faults opens in five minutes. */
const MAX_CONNECTIONS = 3;
const WINDOW_MS = 300_000;

interface Known {
  thought: Thought;
  answeredAt: number;
  deletedAt?: number;
}

interface Listening {
  person: string;
  device: Device;
  app: App;
  openedAt: number;
  seqs: Map<string, number>;
  events: Set<string>;
  /** When each event arrived at the device for the first time. */
  received: Map<string, number>;
}

/** Records requests, answers and events, and checks the invariants while the run goes on. */
export class History {
  readonly violations: Violation[] = [];
  readonly thoughts = new Map<string, Known>();
  /** Every app of the run, also those that were closed. */
  readonly listening = new Map<App, Listening>();
  /** Pairs of people of whom one has at some time blocked or muted the other. */
  readonly barred = new Set<string>();
  readonly usage = new Map<string, { calls: number; reads: number; writes: number }>();
  readonly counts = { answers: 0, failures: 0, events: 0, gaps: 0, pushes: 0, connections: 0 };
  readonly #options: HistoryOptions;
  readonly #connected = new RecentCounts(WINDOW_MS);
  /** Each person's requests that change something. */
  readonly #asked = new RecentCounts(LIMITED_MS);
  /** When a person last followed, muted or blocked another: thoughts from before are not expected as events. */
  readonly #relatedAt = new Map<string, number>();
  /** Devices, by name. */
  readonly #live = new Set<string>();
  readonly #deletedTexts: DeletedTexts;
  readonly #frames = new Frames();
  readonly conversations = new ConversationLog();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#deletedTexts = new DeletedTexts(options.onItsWayMs);
  }

  violate(code: string, detail: string): void {
    this.violations.push({ code, detail, at: this.#options.now() });
    this.#options.trace.add('INVARIANT', `${code}: ${detail}`);
  }

  pickThought(pick: number): Thought | undefined {
    const living = [...this.thoughts.values()].filter(({ deletedAt }) => deletedAt === undefined);
    return living[Math.floor(pick * living.length)]?.thought;
  }

  pickOwn(author: string, pick: number): Thought | undefined {
    const own = [...this.thoughts.values()].filter(
      ({ thought, deletedAt }) => thought.author === author && deletedAt === undefined,
    );
    return own[Math.floor(pick * own.length)]?.thought;
  }

  posted(thought: Thought): void {
    this.thoughts.set(thought.id, { thought, answeredAt: this.#options.now() });
    if (thought.expiresAt)
      this.#deletedTexts.add(thought, Date.parse(thought.expiresAt) + 2 * this.#options.clockSkewMs);
  }

  edited(thought: Thought): void {
    const known = this.thoughts.get(thought.id);
    if (known && thought.version > known.thought.version) known.thought = thought;
  }

  deleted(id: string): void {
    const known = this.thoughts.get(id);
    if (!known) return;
    known.deletedAt = this.#options.now();
    this.#deletedTexts.add(known.thought, known.deletedAt);
  }

  related(person: string, kind: Action['kind'], other: string): void {
    this.#relatedAt.set(`${person} ${other}`, this.#options.now());
    if (kind === 'block' || kind === 'mute') this.barred.add(`${person} ${other}`).add(`${other} ${person}`);
  }

  answered(person: string, route: string, body: string): void {
    this.counts.answers++;
    if (!route.startsWith('GET')) this.#asked.add(person, this.#options.now());
    this.#mayShow(body, person, `got from ${route}`);
  }

  pushed(person: string, frame: string): void {
    this.counts.pushes++;
    this.#mayShow(frame, person, 'was pushed');
  }

  /** A frame has arrived at a device; the client must now give its events to the app. */
  received(app: App, frame: string): void {
    const listening = this.listening.get(app);
    if (!listening) return;
    const now = this.#options.now();
    for (const { id } of this.#frames.eventsOf(frame)) if (!listening.received.has(id)) listening.received.set(id, now);
  }

  /** A request was repeated with its Idempotency-Key. */
  repeated(person: string, first: Thought, second: Thought): void {
    const isForgotten = Date.parse(second.createdAt) - Date.parse(first.createdAt) > KEY_LIFETIME_MS;
    if (first.id !== second.id && !isForgotten)
      this.violate('repeated', `${person} posted ${first.id} once, and ${second.id} again`);
  }

  failed(person: string, route: string, { status, body }: Answer): void {
    this.counts.failures++;
    const isLimited = (body as { code?: string } | undefined)?.code === 'rate_limited';
    if (isLimited) this.#limited(person, route);
    else if (!this.#options.mayFail())
      this.violate('http_5xx', `${person}: ${route} -> ${status} ${JSON.stringify(body)}`);
  }

  /** Reports a 429 for a person who makes few requests. */
  #limited(person: string, route: string): void {
    const asked = this.#asked.count(person, this.#options.now());
    if (asked < LIMITED_FROM) this.violate('limited', `${person}: ${route}, one of ${asked} in a minute`);
  }

  gaveUp(person: string, route: string): void {
    this.violate('gave_up', `${person}: ${route} never succeeded`);
  }

  used(route: string, { reads, writes }: Units, limit: number): void {
    const sum = this.usage.get(route) ?? { calls: 0, reads: 0, writes: 0 };
    this.usage.set(route, { calls: sum.calls + 1, reads: sum.reads + reads, writes: sum.writes + writes });
    if (route.startsWith('GET') && reads > MAX_READS + MAX_READS_PER_ITEM * limit) {
      this.violate('unbounded_read', `${route} with limit ${limit} took ${reads} read units`);
    }
  }

  connected(device: string): void {
    this.counts.connections++;
    this.#connected.add(device, this.#options.now());
  }

  opened(person: string, device: Device, app: App): void {
    const openedAt = this.#options.now();
    this.listening.set(app, { person, device, app, openedAt, seqs: new Map(), events: new Set(), received: new Map() });
  }

  /** Reports a device without faults whose connection ended. */
  state({ person, device, state }: { person: string; device: Device; state: State }): void {
    const now = this.#options.now();
    if (state === 'live') {
      this.#live.add(device.name);
      return;
    }
    const wasLive = this.#live.delete(device.name);
    if (!wasLive || state === 'closed') return;
    const isUndisturbed = now - Math.max(device.disturbedAt, device.awayUntil) > SETTLED_AFTER_MS;
    if (!isUndisturbed || this.#options.isExcused(person, '', now - SETTLED_AFTER_MS)) return;
    const connections = this.#connected.count(device.name, now);
    if (connections > MAX_CONNECTIONS) this.violate('reconnects', `${device.name} opened ${connections} in 5 minutes`);
    this.violate('interrupted', `${device.name} was live and is ${state}, and nothing had happened to it`);
  }

  given({ person, device, app, event }: { person: string; device: Device; app: App; event: NumberedEvent }): void {
    this.counts.events++;
    const listening = this.listening.get(app);
    if (!listening) return;
    if (listening.events.has(event.id)) this.violate('doubled', `${device.name}: ${event.id} of ${event.author}`);
    listening.events.add(event.id);
    const list = 'conversationId' in event ? `conversation ${event.conversationId}` : event.author;
    const last = listening.seqs.get(list) ?? 0;
    if (event.seq <= last) this.violate('out_of_order', `${device.name}: ${list} ${event.seq} after ${last}`);
    listening.seqs.set(list, Math.max(last, event.seq));
    this.#mustBeInTime(person, device, listening.openedAt, event);
    const heldMs = this.#options.now() - (listening.received.get(event.id) ?? Number.POSITIVE_INFINITY);
    const isUndisturbed = Math.max(device.disturbedAt, device.awayUntil) < this.#options.now() - heldMs - HELD_MS;
    if (heldMs > HELD_MS && isUndisturbed && !this.#options.isScarce) {
      this.violate('held', `${device.name} had ${event.id} of ${event.author} for ${Math.round(heldMs / 1000)} s`);
    }
  }

  /** Reports an event that came late, unless a fault of the plan explains it. */
  #mustBeInTime(person: string, device: Device, openedAt: number, event: NumberedEvent): void {
    const now = this.#options.now();
    const made = Date.parse(event.at);
    const relatedAt = this.#relatedAt.get(`${person} ${event.author}`) ?? 0;
    // A thought that may be older than the connection, if a clock is wrong, is in the list that the app reads.
    if (made - this.#options.clockSkewMs <= Math.max(openedAt, relatedAt)) return;
    const lateMs = now - made;
    // A change has the time of the environment that made it.
    if (lateMs <= HEARD_WITHIN_MS + this.#options.clockSkewMs) return;
    const isUndisturbed = Math.max(device.disturbedAt, device.awayUntil) < made - SETTLED_AFTER_MS;
    if (!isUndisturbed || this.#options.isExcused(person, event.author, made - SETTLED_AFTER_MS)) return;
    this.violate('stalled', `${device.name} got ${event.id} of ${event.author} after ${Math.round(lateMs / 1000)} s`);
  }

  #mayShow(content: string, person: string, how: string): void {
    for (const text of this.conversations.overheard(person, content))
      this.violate('overheard', `${person} ${how} ${text}`);
    for (const { id, goneMs } of this.#deletedTexts.found(content, this.#options.now())) {
      this.violate('gone_came_back', `${person} ${how} the text of ${id}, gone for ${Math.round(goneMs / 1000)} s`);
    }
  }
}
