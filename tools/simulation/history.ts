import type { Thought } from '../../client/index.ts';
import type { Answer } from './answer.ts';
import { ConversationLog } from './conversation-log.ts';
import { DeletedTexts } from './deleted-texts.ts';
import { DeviceHistory } from './device-history.ts';
import type { HistoryOptions } from './history-options.ts';
import type { Units } from './metered-handler.ts';
import { RecentCounts } from './recent-counts.ts';
import type { Action } from './steps.ts';
import { Violations } from './violations.ts';

/** The most read units of one request: a fixed part, and a part for each item of the requested page. */
const MAX_READS = 200;
const MAX_READS_PER_ITEM = 4;
/** An Idempotency-Key is remembered for at least this long, in milliseconds. */
const KEY_LIFETIME_MS = 23 * 3_600_000;
/** A person with fewer changes than this in a minute must not be limited: it is the lowest limit, that of the profile. */
const LIMITED_FROM = 10;
const LIMITED_MS = 60_000;
/**
 * Nor must a person with fewer requests for lists than this in ten seconds. The limit counts entries: ten pages of 100 at once, then
 * one a second. Twenty tabs that read two lists each, because all were told of a gap, take four times as many.
 */
const LIMITED_FROM_READS = 11;
const LIMITED_READS_MS = 10_000;

interface Known {
  thought: Thought;
  answeredAt: number;
  deletedAt?: number;
}

/** Records requests and answers, and checks the invariants of both while the run goes on. */
export class History {
  readonly violations: Violations;
  /** What each device got. */
  readonly devices: DeviceHistory;
  readonly thoughts = new Map<string, Known>();
  /** The texts that were posted without an Idempotency-Key, and how often each may be stored. */
  readonly sentWithoutKey = new Map<string, number>();
  /** Pairs of people of whom one has at some time blocked or muted the other. */
  readonly barred = new Set<string>();
  readonly usage = new Map<string, { calls: number; reads: number; writes: number }>();
  readonly #counts = { answers: 0, failures: 0, pushes: 0 };
  readonly #options: HistoryOptions;
  /** Each person's requests that change something. */
  readonly #asked = new RecentCounts(LIMITED_MS);
  readonly #reads = new RecentCounts(LIMITED_READS_MS);
  /** When a person last followed, muted or blocked another: thoughts from before are not expected as events. */
  readonly #relatedAt = new Map<string, number>();
  readonly #deletedTexts: DeletedTexts;
  readonly conversations = new ConversationLog();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.violations = new Violations(options.now, options.trace);
    this.devices = new DeviceHistory({
      ...options,
      violate: this.violate,
      relatedAt: (person, author) => this.#relatedAt.get(`${person} ${author}`) ?? 0,
    });
    this.#deletedTexts = new DeletedTexts(options.onItsWayMs);
  }

  now = (): number => this.#options.now();

  violate = (code: string, detail: string): void => this.violations.add(code, detail);

  /** What happened, in numbers. */
  get counts() {
    return { ...this.#counts, ...this.devices.counts };
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

  /** A post without an Idempotency-Key was not answered: it may be stored, and is sent again. */
  postIsUnclear(text: string): void {
    this.#mayBeStored(text);
    this.#deletedTexts.postedTwice(text);
  }

  postedWithoutKey(thought: Thought): void {
    this.#mayBeStored(thought.text);
    this.posted(thought);
  }

  #mayBeStored(text: string): void {
    this.sentWithoutKey.set(text, (this.sentWithoutKey.get(text) ?? 0) + 1);
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
    this.#counts.answers++;
    this.#requestsLike(route).add(person, this.#options.now());
    this.#mayShow(body, person, `got from ${route}`);
  }

  pushed(person: string, frame: string): void {
    this.#counts.pushes++;
    this.#mayShow(frame, person, 'was pushed');
    for (const id of this.conversations.pushedAfterLeaving(person, frame, this.#options.now()))
      this.violate('hears_after_leaving', `${person} was pushed something of ${id}`);
  }

  /** A request will be repeated with its Idempotency-Key. When the key is forgotten, it makes a second thought. */
  repeating(first: Thought): void {
    if (this.#options.now() - Date.parse(first.createdAt) > KEY_LIFETIME_MS) this.#deletedTexts.postedTwice(first.text);
  }

  /** A request was repeated with its Idempotency-Key. */
  repeated(person: string, first: Thought, second: Thought): void {
    if (first.id === second.id) return;
    const isForgotten = Date.parse(second.createdAt) - Date.parse(first.createdAt) > KEY_LIFETIME_MS;
    if (!isForgotten) this.violate('repeated', `${person} posted ${first.id} once, and ${second.id} again`);
    else if (!this.thoughts.has(second.id)) this.posted(second);
  }

  failed(person: string, route: string, { status, body }: Answer): void {
    this.#counts.failures++;
    const isLimited = (body as { code?: string } | undefined)?.code === 'rate_limited';
    if (isLimited) this.#limited(person, route);
    else if (!this.#options.mayFail())
      this.violate('http_5xx', `${person}: ${route} -> ${status} ${JSON.stringify(body)}`);
  }

  /** Reports a 429 for a person who makes few requests. */
  #limited(person: string, route: string): void {
    const asked = this.#requestsLike(route).count(person, this.#options.now());
    const isFew = asked < (route.startsWith('GET') ? LIMITED_FROM_READS : LIMITED_FROM);
    if (isFew) this.violate('limited', `${person}: ${route}, one of ${asked} such requests`);
  }

  #requestsLike(route: string): RecentCounts {
    return route.startsWith('GET') ? this.#reads : this.#asked;
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

  #mayShow(content: string, person: string, how: string): void {
    for (const text of this.conversations.overheard(person, content))
      this.violate('overheard', `${person} ${how} ${text}`);
    for (const { id, goneMs } of this.#deletedTexts.found(content, this.#options.now())) {
      this.violate('gone_came_back', `${person} ${how} the text of ${id}, gone for ${Math.round(goneMs / 1000)} s`);
    }
  }
}
