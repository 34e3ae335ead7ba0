import type { LiveEvent } from '../../src/protocol/live-event.ts';
import type { PostOutcome, Sockets } from '../../src/push/sockets.ts';

/** Sockets that note what reaches them, and answer as they are told. */
export class FakeSockets implements Sockets {
  readonly posts: { cid: string; frame: string; outcome: PostOutcome['kind'] }[] = [];
  readonly closed: string[] = [];
  /** What the post number `attempt` (from 0) to a connection is answered. */
  answer: (cid: string, attempt: number, frame: string) => PostOutcome['kind'] | Promise<PostOutcome['kind']> = () =>
    'sent';
  readonly #attempts = new Map<string, number>();

  async post(cid: string, frame: string): Promise<PostOutcome> {
    const attempt = this.#attempts.get(cid) ?? 0;
    this.#attempts.set(cid, attempt + 1);
    const outcome = await this.answer(cid, attempt, frame);
    this.posts.push({ cid, frame, outcome });
    return { kind: outcome };
  }

  async close(cid: string): Promise<void> {
    this.closed.push(cid);
  }

  /** The events that a connection got, in their order. */
  eventsOf(cid: string): LiveEvent[] {
    return this.posts
      .filter((post) => post.cid === cid && post.outcome === 'sent')
      .flatMap(({ frame }) => (JSON.parse(frame) as { events?: LiveEvent[] }).events ?? []);
  }
}
