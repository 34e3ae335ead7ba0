import pMap from 'p-map';
import type { Connection } from '../connections/connection.ts';
import { channelOf } from '../conversations/conversation-view.ts';
import type { PushBatch } from './push-buffer.ts';

const MARKS_AT_ONCE = 16;

/** Thoughts of strangers come by these, of whom no numbers are compared. */
const isUnnumbered = (channel: string): boolean => channel === 'all' || channel.startsWith('topic:');

/** The channels whose pushes failed in one batch, by connection. The next pong names them, and the client replays them. */
export class MissedPushes {
  readonly #channels = new Map<string, { connection: Connection; channels: Set<string> }>();

  add({ connection, events, gaps, relations, messages, conversationFrames }: PushBatch): void {
    const known = this.#channels.get(connection.connectionId) ?? { connection, channels: new Set<string>() };
    for (const { channels } of [...events, ...messages]) for (const channel of channels) known.channels.add(channel);
    for (const channel of gaps) known.channels.add(channel);
    // A relation is not replayed by itself; a replay of the timeline shows its effect.
    if (relations.length > 0) known.channels.add('timeline');
    // A read mark that is lost is told by the next one; who is in a conversation is read anew.
    for (const frame of conversationFrames) {
      if (frame.type === 'conversation.changed') known.channels.add(channelOf(frame.conversation.id));
    }
    this.#channels.set(connection.connectionId, known);
  }

  /**
   * Writes one mark a connection. When a mark can't be written, or there is no time for it, the client's next check finds what
   * is missing of numbered lists: of the timeline, of authors and of conversations. No check compares `all` and topics, which are read
   * again at the next connection only, so marks of these come first.
   * @param hasTime whether one more mark may be begun
   */
  async write(
    mark: (connectionId: string, channels: string[]) => Promise<void>,
    hasTime: () => boolean = () => true,
  ): Promise<void> {
    const { true: unnumbered = [], false: numbered = [] } = Object.groupBy(
      this.#channels.values(),
      ({ channels }) => `${[...channels].some(isUnnumbered)}` as const,
    );
    const all = [...unnumbered, ...numbered];
    this.#channels.clear();
    let unmarked = 0;
    await pMap(
      all,
      async ({ connection, channels }) => {
        if (!hasTime()) {
          unmarked += 1;
          return;
        }
        try {
          await mark(connection.connectionId, [...channels]);
        } catch (error) {
          console.warn(JSON.stringify({ message: 'a missed push was not marked', error: String(error) }));
        }
      },
      { concurrency: MARKS_AT_ONCE },
    );
    if (unmarked > 0) console.warn(JSON.stringify({ message: 'no time to mark missed pushes', connections: unmarked }));
  }
}
