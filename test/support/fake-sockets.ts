import type { ThoughtEvent } from '../../src/protocol/thought-event.ts';
import { ConnectionLifecycle } from '../../src/push/connection-lifecycle.ts';
import type { PostOutcome, Sockets } from '../../src/push/sockets.ts';

/** Sockets that note what reaches them, and answer as they are told. */
export class FakeSockets implements Sockets {
  readonly posts: { connectionId: string; frame: string; outcome: PostOutcome['kind'] }[] = [];
  readonly closed: string[] = [];
  /** The code of the frame that was sent before each close. */
  readonly lastCodes: (string | undefined)[] = [];
  /** What the post number `attempt` (from 0) to a connection is answered. */
  answer: (connectionId: string, attempt: number, frame: string) => PostOutcome['kind'] | Promise<PostOutcome['kind']> =
    () => 'sent';
  readonly #attempts = new Map<string, number>();

  async post(connectionId: string, frame: string): Promise<PostOutcome> {
    const attempt = this.#attempts.get(connectionId) ?? 0;
    this.#attempts.set(connectionId, attempt + 1);
    const outcome = await this.answer(connectionId, attempt, frame);
    this.posts.push({ connectionId, frame, outcome });
    return { kind: outcome };
  }

  async close(connectionId: string, last?: string): Promise<void> {
    this.closed.push(connectionId);
    this.lastCodes.push(last === undefined ? undefined : JSON.parse(last).code);
  }

  /** The events that a connection got, in their order. */
  eventsOf(connectionId: string): ThoughtEvent[] {
    return this.posts
      .filter((post) => post.connectionId === connectionId && post.outcome === 'sent')
      .flatMap(({ frame }) => (JSON.parse(frame) as { events?: ThoughtEvent[] }).events ?? []);
  }
}

/** Sockets, and what happens to connections on them. */
export const socketsOf = (
  world: Omit<ConstructorParameters<typeof ConnectionLifecycle>[0], 'sockets'>,
  sockets = new FakeSockets(),
) => ({ sockets, lifecycle: new ConnectionLifecycle({ ...world, sockets }) });
