import type { Runtime } from '../runtime.ts';
import { seconds } from '../runtime.ts';
import { countWrite, readCounts } from '../table/counters.ts';
import { FEED, keys, lists } from '../table/keys.ts';
import { type Table, TableBusyError, type Write } from '../table/table.ts';
import { earlierAnswer, type Idempotency, idempotencyWrite } from './idempotency.ts';
import { topicsOf } from './text.ts';
import { isVisible, type NewThought, type Thought, type ThoughtEdit, type ThoughtReference } from './thought.ts';
import {
  type ClockItem,
  type ThoughtItem,
  thoughtItem,
  tombstoneItem,
  toThought,
  visibleCheck,
} from './thought-items.ts';

export type CreateOutcome =
  | { kind: 'created'; thought: Thought }
  | { kind: 'replayed'; answer: string }
  | { kind: 'key_reused' }
  | { kind: 'no_reply_target' }
  | { kind: 'blocked' };

/** `stale`: the thought is at another version than the caller has seen. */
export type ChangeOutcome = { kind: 'changed'; thought: Thought } | { kind: 'not_found' } | { kind: 'stale' };

/** Where a list is read from: behind a sort key, in either direction. */
export interface PageRequest {
  after?: string | undefined;
  limit: number;
  oldestFirst?: boolean | undefined;
  /** Give deleted thoughts too, as tombstones. */
  tombstones?: boolean | undefined;
}

/** Each try loses to one other change of the same author, and an author's changes are few. */
const TRIES = 50;

/** Thoughts, each stored once under its author. Every change takes the author's next `seq` in its transaction. */
export class ThoughtStore {
  readonly #table: Table;
  readonly #runtime: Runtime;

  constructor(table: Table, runtime: Runtime) {
    this.#table = table;
    this.#runtime = runtime;
  }

  /** @throws TableBusyError when the author's other changes leave no room */
  async create(author: string, input: NewThought, idempotency?: Idempotency): Promise<CreateOutcome> {
    const { now, newId, random } = this.#runtime;
    const createdAt = now();
    const id = newId();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const clock = await this.#clock(author);
      const thought: Thought = {
        id,
        author,
        text: input.text,
        topics: topicsOf(input.text, input.topics),
        inReplyTo: input.inReplyTo,
        image: input.image,
        createdAt,
        version: 1,
        seq: clock + 1,
        expiresAt: input.expiresIn === undefined ? undefined : seconds(createdAt) + input.expiresIn,
      };
      const { inReplyTo } = thought;
      const writes = {
        clock: clockWrite(author, clock),
        thought: { put: thoughtItem(thought), when: [{ attribute: 'pk', is: 'absent' }] },
        ...(isCounted(thought) && { count: countWrite({ kind: 'user', username: author }, 'thoughts', 1, random()) }),
        ...(inReplyTo && replyChecks(author, inReplyTo, createdAt)),
        ...(inReplyTo && isCounted(thought) && { replies: replyCount(inReplyTo, 1, random()) }),
        ...(idempotency && { idempotency: idempotencyWrite(author, idempotency, thought, createdAt) }),
      } satisfies Record<string, Write>;
      const refused = await this.#refused(writes);
      if (refused.length === 0) return { kind: 'created', thought };
      if (refused.includes('idempotency') && idempotency) {
        const earlier = await earlierAnswer(this.#table, author, idempotency, now());
        if (earlier.kind !== 'none') return earlier;
      }
      if (refused.includes('blocked')) return { kind: 'blocked' };
      if (refused.includes('target')) return { kind: 'no_reply_target' };
      // A transaction whose answer got lost is repeated by the client library, and then finds its own traces.
      const stored = refused.includes('thought') ? await this.get(author, id) : undefined;
      if (stored) return { kind: 'created', thought: stored };
    }
    throw new TableBusyError('The author has too many changes at once');
  }

  /** @param expected the version that the caller has seen; any when left out */
  async edit(author: string, id: string, edit: ThoughtEdit, expected?: number): Promise<ChangeOutcome> {
    return this.#change(author, id, expected, (thought, seq) => {
      const edited: Thought = {
        ...thought,
        text: edit.text,
        topics: topicsOf(edit.text, edit.topics),
        editedAt: this.#runtime.now(),
        version: thought.version + 1,
        seq,
      };
      return { thought: edited, item: thoughtItem(edited), also: [] };
    });
  }

  async delete(author: string, id: string, expected?: number): Promise<ChangeOutcome> {
    const { now, random } = this.#runtime;
    return this.#change(author, id, expected, (thought, seq) => {
      const item = tombstoneItem(thought, seq, now());
      if (!isCounted(thought)) return { thought: toThought(item), item, also: [] };
      const also = [countWrite({ kind: 'user', username: author }, 'thoughts', -1, random())];
      if (thought.inReplyTo) also.push(replyCount(thought.inReplyTo, -1, random()));
      return { thought: toThought(item), item, also };
    });
  }

  /** A thought that can be seen; tombstones and expired ones can't. */
  async get(author: string, id: string): Promise<Thought | undefined> {
    const item = await this.#table.get<ThoughtItem>(keys.thought(author, id), { consistent: true });
    if (!item) return undefined;
    const thought = toThought(item);
    return isVisible(thought, this.#runtime.now()) ? thought : undefined;
  }

  async counts(id: string): Promise<{ replies: number; reactions: number }> {
    const { replies, reactions } = await readCounts(this.#table, { kind: 'thought', id });
    return { replies, reactions };
  }

  /** The number of each author's last change. */
  async lastNumbers(authors: string[]): Promise<Map<string, number>> {
    const clocks = await this.#table.batchGet<ClockItem>(authors.map(keys.clock));
    return new Map(clocks.map(({ author, seq }) => [author, seq]));
  }

  /** Those of the thoughts that can be seen, by id; on demand with those that could be. */
  async getMany(references: ThoughtReference[], tombstones = false): Promise<Map<string, Thought>> {
    const items = await this.#table.batchGet<ThoughtItem>(
      references.map(({ author, id }) => keys.thought(author, id)),
      { consistent: true },
    );
    const visible = items.map(toThought).filter((thought) => this.#isListed(thought, tombstones));
    return new Map(visible.map((thought) => [thought.id, thought]));
  }

  /** An author's thoughts, newest first unless asked otherwise; consistent, so that a backfill misses none. */
  async listOf(author: string, { after, limit, oldestFirst, tombstones }: PageRequest): Promise<Thought[]> {
    return this.#list(
      (behind) => ({
        ...lists.thoughtsOf(author),
        after: behind && keys.thought(author, behind).sk,
        newestFirst: !oldestFirst,
        limit,
        consistent: true,
      }),
      limit,
      after,
      tombstones,
    );
  }

  /** Everybody's thoughts, newest first unless asked otherwise. The index may be some milliseconds behind. */
  async listAll({ after, limit, oldestFirst }: PageRequest): Promise<Thought[]> {
    return this.#list(
      (behind) => ({ pk: FEED, index: 'gsi1' as const, after: behind, newestFirst: !oldestFirst, limit }),
      limit,
      after,
    );
  }

  /** Reads on past what can't be seen, until the page is full or the list has ended. */
  async #list(
    query: (after?: string) => Parameters<Table['query']>[0],
    limit: number,
    after?: string,
    tombstones = false,
  ) {
    const found: Thought[] = [];
    let behind = after;
    for (;;) {
      const items = await this.#table.query<ThoughtItem>(query(behind));
      const thoughts = items.map(toThought);
      found.push(...thoughts.filter((thought) => this.#isListed(thought, tombstones)));
      behind = thoughts.at(-1)?.id;
      if (items.length < limit || found.length >= limit) return found.slice(0, limit);
    }
  }

  #isListed(thought: Thought, tombstones: boolean): boolean {
    return (tombstones && thought.deletedAt !== undefined) || isVisible(thought, this.#runtime.now());
  }

  async #change(
    author: string,
    id: string,
    expected: number | undefined,
    change: (thought: Thought, seq: number) => { thought: Thought; item: ThoughtItem; also: Write[] },
  ): Promise<ChangeOutcome> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [clock, thought] = await Promise.all([this.#clock(author), this.get(author, id)]);
      if (!thought) return { kind: 'not_found' };
      if (expected !== undefined && thought.version !== expected) return { kind: 'stale' };
      const changed = change(thought, clock + 1);
      const outcome = await this.#table.write([
        clockWrite(author, clock),
        {
          put: changed.item,
          when: [
            { attribute: 'version', is: '=', value: thought.version },
            { attribute: 'deletedAt', is: 'absent' },
          ],
        },
        ...changed.also,
      ]);
      if (outcome.kind === 'written') return { kind: 'changed', thought: changed.thought };
    }
    throw new TableBusyError('The author has too many changes at once');
  }

  async #clock(author: string): Promise<number> {
    return (await this.#table.get<ClockItem>(keys.clock(author), { consistent: true }))?.seq ?? 0;
  }

  async #refused(writes: Record<string, Write>): Promise<string[]> {
    const outcome = await this.#table.write(Object.values(writes));
    const names = Object.keys(writes);
    return outcome.kind === 'written' ? [] : outcome.refused.map((at) => names[at] ?? '');
  }
}

/** Takes the number after `clock`, if nobody else has. */
const clockWrite = (author: string, clock: number): Write => ({
  update: keys.clock(author),
  set: { type: 'clock', author, seq: clock + 1 },
  when: [clock === 0 ? { attribute: 'seq', is: 'absent' } : { attribute: 'seq', is: '=', value: clock }],
});

/** A reply needs a thought that is still there, whose author has not blocked the replier. */
const replyChecks = (author: string, to: ThoughtReference, nowMs: number) => ({
  target: visibleCheck(to, nowMs),
  ...(to.author !== author && {
    blocked: { check: keys.block(to.author, author), when: [{ attribute: 'pk', is: 'absent' as const }] },
  }),
});

const replyCount = (to: ThoughtReference, by: 1 | -1, random: number): Write =>
  countWrite({ kind: 'thought', id: to.id }, 'replies', by, random);

/** Thoughts that vanish go without a write of ours, so no counter ever has them. */
const isCounted = (thought: Thought): boolean => thought.expiresAt === undefined;
