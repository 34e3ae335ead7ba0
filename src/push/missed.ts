import pMap from 'p-map';
import type { Connection } from '../connections/connection-store.ts';
import type { Parcel } from './outbox.ts';

const MARKS_AT_ONCE = 16;

/** What one batch could not push, by connection: its next pong says so, and the client replays these channels. */
export class Missed {
  readonly #channels = new Map<string, { connection: Connection; channels: Set<string> }>();

  add({ connection, events, gaps, relations }: Parcel): void {
    const known = this.#channels.get(connection.cid) ?? { connection, channels: new Set<string>() };
    for (const { channels } of events) for (const channel of channels) known.channels.add(channel);
    for (const channel of gaps) known.channels.add(channel);
    // A replay of the timeline shows what one sees of an author now.
    if (relations.length > 0) known.channels.add('timeline');
    this.#channels.set(connection.cid, known);
  }

  /** Marks each connection once. A mark that can't be written is repaired by the client's next check. */
  async write(mark: (cid: string, channels: string[]) => Promise<void>): Promise<void> {
    const all = [...this.#channels.values()];
    this.#channels.clear();
    await pMap(
      all,
      async ({ connection, channels }) => {
        try {
          await mark(connection.cid, [...channels]);
        } catch (error) {
          console.warn(JSON.stringify({ message: 'a missed push was not marked', error: String(error) }));
        }
      },
      { concurrency: MARKS_AT_ONCE },
    );
  }
}
