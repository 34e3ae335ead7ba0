import type { Connection } from '../connections/connection-store.ts';
import type { Happening, LiveEvent } from './live-event.ts';

export interface Parcel {
  connection: Connection;
  events: LiveEvent[];
}

/** What one invocation has to push, by connection. An event is in it once for each, with all the channels it came by. */
export class Outbox {
  readonly #parcels = new Map<string, { connection: Connection; events: Map<string, LiveEvent> }>();

  add(connection: Connection, channel: string, happening: Happening): void {
    const parcel = this.#parcels.get(connection.cid) ?? { connection, events: new Map<string, LiveEvent>() };
    this.#parcels.set(connection.cid, parcel);
    const channels = parcel.events.get(happening.id)?.channels ?? [];
    if (!channels.includes(channel))
      parcel.events.set(happening.id, { ...happening, channels: [...channels, channel] });
  }

  /** Everything in it, and it is empty. */
  take(): Parcel[] {
    const parcels = [...this.#parcels.values()].map(({ connection, events }) => ({
      connection,
      events: [...events.values()],
    }));
    this.#parcels.clear();
    return parcels;
  }
}
