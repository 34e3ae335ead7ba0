import type { State } from '../../client/index.ts';
import type { NumberedEvent } from '../../client/types.ts';
import type { App } from './app.ts';
import type { Device } from './device.ts';
import { Frames } from './frames.ts';
import type { HistoryOptions } from './history-options.ts';
import { RecentCounts } from './recent-counts.ts';

/** A device without faults gets a thought within this time after the answer 201, in milliseconds. */
export const HEARD_WITHIN_MS = 15_000;
/** A device is not checked for this long after a fault, in milliseconds. */
export const SETTLED_AFTER_MS = 200_000;
/** The client gives a received event to the app within this time: by then it has filled the hole before the event, or told a gap. */
const HELD_MS = 60_000;
/** The most connections that a device without faults opens in five minutes. */
const MAX_CONNECTIONS = 3;
const WINDOW_MS = 300_000;

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

interface DeviceHistoryOptions extends HistoryOptions {
  violate: (code: string, detail: string) => void;
  /** When a person last followed, muted or blocked another, in milliseconds since 1970; 0 when never. */
  relatedAt: (person: string, author: string) => number;
}

/** Records connections and events of each device, and checks that events come in time, once and in order. */
export class DeviceHistory {
  readonly #counts = { events: 0, connections: 0 };
  /** Every app of the run, also those that were closed. */
  readonly #listening = new Map<App, Listening>();
  readonly #options: DeviceHistoryOptions;
  readonly #connected = new RecentCounts(WINDOW_MS);
  /** Devices, by name. */
  readonly #live = new Set<string>();
  readonly #frames = new Frames();

  constructor(options: DeviceHistoryOptions) {
    this.#options = options;
  }

  /** Connections and events until now, and gaps of which apps were told. */
  get counts() {
    const gaps = [...this.#listening.keys()].reduce((sum, app) => sum + app.gaps, 0);
    return { ...this.#counts, gaps };
  }

  /** A frame has arrived at a device; the client must now give its events to the app. */
  received(app: App, frame: string): void {
    const listening = this.#listening.get(app);
    if (!listening) return;
    const now = this.#options.now();
    for (const { id } of this.#frames.eventsOf(frame)) if (!listening.received.has(id)) listening.received.set(id, now);
  }

  connected(device: string): void {
    this.#counts.connections++;
    this.#connected.add(device, this.#options.now());
  }

  opened(person: string, device: Device, app: App): void {
    const openedAt = this.#options.now();
    this.#listening.set(app, {
      person,
      device,
      app,
      openedAt,
      seqs: new Map(),
      events: new Set(),
      received: new Map(),
    });
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
    if (connections > MAX_CONNECTIONS)
      this.#options.violate('reconnects', `${device.name} opened ${connections} in 5 minutes`);
    this.#options.violate('interrupted', `${device.name} was live and is ${state}, and nothing had happened to it`);
  }

  given({ person, device, app, event }: { person: string; device: Device; app: App; event: NumberedEvent }): void {
    this.#counts.events++;
    const listening = this.#listening.get(app);
    if (!listening) return;
    if (listening.events.has(event.id))
      this.#options.violate('doubled', `${device.name}: ${event.id} of ${event.author}`);
    listening.events.add(event.id);
    const list = 'conversationId' in event ? `conversation ${event.conversationId}` : event.author;
    const last = listening.seqs.get(list) ?? 0;
    if (event.seq <= last) this.#options.violate('out_of_order', `${device.name}: ${list} ${event.seq} after ${last}`);
    listening.seqs.set(list, Math.max(last, event.seq));
    this.#mustBeInTime(person, device, listening.openedAt, event);
    const heldMs = this.#options.now() - (listening.received.get(event.id) ?? Number.POSITIVE_INFINITY);
    const isUndisturbed = Math.max(device.disturbedAt, device.awayUntil) < this.#options.now() - heldMs - HELD_MS;
    if (heldMs > HELD_MS && isUndisturbed && !this.#options.isScarce) {
      this.#options.violate(
        'held',
        `${device.name} had ${event.id} of ${event.author} for ${Math.round(heldMs / 1000)} s`,
      );
    }
  }

  /** Reports an event that came late, unless a fault of the plan explains it. */
  #mustBeInTime(person: string, device: Device, openedAt: number, event: NumberedEvent): void {
    const now = this.#options.now();
    const made = Date.parse(event.at);
    const relatedAt = this.#options.relatedAt(person, event.author);
    // A thought that may be older than the connection, if a clock is wrong, is in the list that the app reads.
    if (made - this.#options.clockSkewMs <= Math.max(openedAt, relatedAt)) return;
    const lateMs = now - made;
    // A change has the time of the environment that made it.
    if (lateMs <= HEARD_WITHIN_MS + this.#options.clockSkewMs) return;
    const isUndisturbed = Math.max(device.disturbedAt, device.awayUntil) < made - SETTLED_AFTER_MS;
    if (!isUndisturbed || this.#options.isExcused(person, event.author, made - SETTLED_AFTER_MS)) return;
    this.#options.violate(
      'stalled',
      `${device.name} got ${event.id} of ${event.author} after ${Math.round(lateMs / 1000)} s`,
    );
  }
}
