import type { Context } from './context.ts';
import type { Asked, Link } from './link.ts';
import type { ClientFrame, ServerFrame } from './types.ts';

/** The app is told, and the channel is not asked for again on this connection, or ever. */
export const REFUSALS = ['channel_full', 'too_many_subscriptions', 'unknown_channel', 'invalid_request'];

/** Sends what is to be answered by a frame with its id. */
export const request = <Answer extends ServerFrame['type']>(
  context: Context,
  link: Link,
  frame: ClientFrame,
  then: {
    answered(frame: Extract<ServerFrame, { type: Answer }>): void;
    failed: Asked['failed'];
    lost?: Asked['lost'];
  },
): void => {
  const dueAt = context.wakeIn(context.timings.answerMs);
  send(context, link, {
    ...frame,
    id: link.note({ ...(then as Omit<Asked, 'action' | 'dueAt'>), action: frame.action, dueAt }),
  });
};

export const send = (context: Context, link: Link, frame: object): void => {
  link.awaitedSince ??= context.now();
  context.wake(link.awaitedSince + context.timings.answerMs / 2);
  context.effects.push({ type: 'send', link: link.n, data: JSON.stringify(frame) });
};

/** Tries these channels again after a while. @param more how many failures this adds to them */
export const retry = (context: Context, names: string[], more = 1): void => {
  for (const name of names) {
    const channel = context.channels.get(name);
    if (!channel) continue;
    channel.failures += more;
    channel.retryAt = context.wakeIn(context.backoff(channel.failures));
  }
  context.changed();
};
