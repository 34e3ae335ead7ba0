import { hasEntries } from '../connections/presence.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import { type EdgeItem, toEdge } from '../follows/edge.ts';
import type { EventBody } from '../protocol/thought-event.ts';
import type { PushBuffer } from '../push/push-buffer.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TimelineStore } from '../timelines/timeline-store.ts';
import { type Content, isFresh } from './content.ts';

export interface DeliveryDependencies {
  presence: PresenceStore;
  timelines: TimelineStore;
  runtime: Runtime;
}

/**
 * Delivers to a part of an author's followers. Muted ones are passed by: an edge that is heard again is warm from then.
 * Entry before presence: whoever connects is present first and reads the timeline then. So either the reader finds the
 * entry, or this finds the reader present. Whoever has been away for so long that no entries are written is
 * looked at once: they read the author's own list when they are back.
 */
export const deliverToFollowers = async (
  deps: DeliveryDependencies,
  items: EdgeItem[],
  { content, read }: { content: Content; read: () => Promise<Content> },
  { pushBuffer, deadline }: { pushBuffer: PushBuffer; deadline: number },
): Promise<void> => {
  const { presence, runtime, timelines } = deps;
  const { entry } = content;
  const heard = items.map(toEdge).filter(({ muted }) => !muted);
  const absent = new Set<string>();
  if (entry) {
    const expecting = heard.filter(({ delivery }) => delivery === 'entry').map(({ follower }) => follower);
    // Consistently: whoever has just come back, and relies on entries from now on, must not pass for absent.
    const known = await presence.of(expecting, { consistent: true });
    const readers = new Set(expecting.filter((name) => hasEntries(known.get(name), runtime.now())));
    await timelines.addToAll([...readers], entry, deadline);
    const isHere = (name: string) => readers.has(name) || (known.get(name)?.connections ?? []).length > 0;
    for (const name of expecting) if (!isHere(name)) absent.add(name);
  }
  const { eventBody } = isFresh(content, runtime.now()) ? content : await read();
  const listeners = heard.map(({ follower }) => follower).filter((name) => !absent.has(name));
  if (eventBody) await pushTo(deps, listeners, eventBody, pushBuffer);
};

/** Puts an event into the push buffer for every open connection of these users. */
export const pushTo = async (
  { presence }: Pick<DeliveryDependencies, 'presence'>,
  usernames: string[],
  eventBody: EventBody,
  pushBuffer: PushBuffer,
): Promise<void> => {
  const present = await presence.of(usernames, { consistent: true });
  for (const { username, connections } of present.values()) {
    for (const connection of connections) pushBuffer.add({ username, ...connection }, 'timeline', eventBody);
  }
};
