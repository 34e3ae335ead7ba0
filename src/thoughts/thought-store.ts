import type { Counters } from '../counters/counters.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import { authorOfHead, keys } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { seconds } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import { AGAIN, done, retryOnConflict } from '../table/optimistic.ts';
import type { ReadOptions, Table, Write } from '../table/table.ts';
import { type AuthorHead, type HeadItem, headWrite, toHead } from './author-head.ts';
import { earlierPost, type Idempotency, idempotencyWrites, isUsed } from './idempotency.ts';
import { topicsOf } from './text.ts';
import { isVisible, type NewThought, type Thought, type ThoughtEdit, type ThoughtReference } from './thought.ts';
import { type ThoughtItem, thoughtItem, tombstoneItem, toThought } from './thought-items.ts';

export type CreateOutcome =
  | { kind: 'created'; thought: Thought }
  /** An earlier request with the same idempotency key has posted it. */
  | { kind: 'replayed'; thought: Thought }
  /** So it has, and the thought is deleted or has vanished since. */
  | { kind: 'gone' }
  | { kind: 'key_reused' }
  | { kind: 'no_reply_target' }
  | { kind: 'blocked' };

/** `stale`: the thought is at another version than the caller has seen. */
export type ChangeOutcome = { kind: 'changed'; thought: Thought } | { kind: 'not_found' } | { kind: 'stale' };

/** Each try loses to one other change of the same author, and an author's changes are few. */
const TRIES = 30;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  follows: FollowStore;
  counters: Counters;
  /** Over how many partitions the feed of all thoughts is spread. */
  feedShards: number;
}

/** Thoughts, each stored once under its author. Every change takes the author's next `seq` in its transaction. */
export class ThoughtStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #follows: FollowStore;
  readonly #counters: Counters;
  readonly #feedShards: number;

  constructor({ table, runtime, follows, counters, feedShards }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#follows = follows;
    this.#counters = counters;
    this.#feedShards = feedShards;
  }

  /** @throws TableBusyError when the author's other changes leave no room */
  async create(author: string, input: NewThought, idempotency?: Idempotency): Promise<CreateOutcome> {
    const createdAt = this.#runtime.now();
    const id = this.#runtime.newId();
    const { inReplyTo } = input;
    const refusal = inReplyTo && (await this.#replyRefusal(author, inReplyTo));
    // Posted before, and its target gone since: the request is answered by what it has posted.
    if (refusal) return (idempotency && (await this.#earlier(author, idempotency))) ?? refusal;
    return retryOnConflict<CreateOutcome>(
      { runtime: this.#runtime, tries: TRIES, busy: 'The author has too many changes at once' },
      async () => {
        const head = await this.#head(author);
        const thought: Thought = {
          id,
          author,
          text: input.text,
          topics: topicsOf(input.text, input.topics),
          inReplyTo,
          image: input.image,
          createdAt,
          version: 1,
          seq: head.seq + 1,
          expiresAt: input.expiresIn === undefined ? undefined : seconds(createdAt) + input.expiresIn,
        };
        const refused = await this.#write(thought, 1, {
          head: headWrite(head, { created: id, counted: isCounted(thought) ? 1 : 0 }),
          thought: { put: thoughtItem(thought, this.#feedShards), when: [{ attribute: 'pk', is: 'absent' }] },
          ...(idempotency && idempotencyWrites(author, idempotency, thought, createdAt)),
        });
        if (refused.size === 0) return done({ kind: 'created', thought });
        if (idempotency && isUsed(refused)) {
          const earlier = await this.#earlier(author, idempotency);
          if (earlier) return done(earlier);
        }
        // A transaction whose answer got lost is repeated by the client library, and then finds its own traces.
        const stored = refused.has('thought') ? await this.get(author, id) : undefined;
        return stored ? done({ kind: 'created', thought: stored }) : AGAIN;
      },
    );
  }

  /** @param expected the versions that the caller would change; any when left out */
  async edit(author: string, id: string, edit: ThoughtEdit, expected?: readonly number[]): Promise<ChangeOutcome> {
    return this.#change(author, id, expected, (thought, seq) => {
      const edited: Thought = {
        ...thought,
        text: edit.text,
        topics: topicsOf(edit.text, edit.topics),
        editedAt: this.#runtime.now(),
        version: thought.version + 1,
        seq,
      };
      return thoughtItem(edited, this.#feedShards);
    });
  }

  async delete(author: string, id: string, expected?: readonly number[]): Promise<ChangeOutcome> {
    return this.#change(author, id, expected, (thought, seq) => tombstoneItem(thought, seq, this.#runtime.now()));
  }

  /** As a delete; followers are told by the end of their follow, and not of each thought. */
  async erase(author: string, id: string): Promise<ChangeOutcome> {
    return this.#change(author, id, undefined, (thought, seq) => ({
      ...tombstoneItem(thought, seq, this.#runtime.now()),
      erased: true,
    }));
  }

  /** A thought that can be seen; tombstones and expired ones can't. */
  async get(author: string, id: string): Promise<Thought | undefined> {
    const thought = await this.stored(author, id);
    return thought && isVisible(thought, this.#runtime.now()) ? thought : undefined;
  }

  /** What is stored of a thought, tombstones and expired ones included. */
  async stored(author: string, id: string): Promise<Thought | undefined> {
    const item = await this.#table.get<ThoughtItem>(keys.thought(author, id), { consistent: true });
    return item && toThought(item);
  }

  async counts(id: string): Promise<{ replies: number; reactions: number }> {
    const { replies, reactions } = await this.#counters.read({ kind: 'thought', id });
    return { replies, reactions };
  }

  /** The heads of those authors who have ever posted. */
  async heads(authors: string[], options: ReadOptions): Promise<Map<string, AuthorHead>> {
    if (authors.length === 0) return new Map();
    const items = await this.#table.batchGet<HeadItem>(authors.map(keys.head), options);
    return new Map(items.map((item) => [authorOfHead(item), toHead(authorOfHead(item), item)]));
  }

  async #change(
    author: string,
    id: string,
    expected: readonly number[] | undefined,
    change: (thought: Thought, seq: number) => ThoughtItem,
  ): Promise<ChangeOutcome> {
    return retryOnConflict<ChangeOutcome>(
      { runtime: this.#runtime, tries: TRIES, busy: 'The author has too many changes at once' },
      async () => {
        const [head, thought] = await Promise.all([this.#head(author), this.get(author, id)]);
        if (!thought) return done({ kind: 'not_found' });
        if (expected && !expected.includes(thought.version)) return done({ kind: 'stale' });
        const item = change(thought, head.seq + 1);
        const counted = item.deletedAt !== undefined && isCounted(thought) ? -1 : 0;
        const refused = await this.#write(thought, counted, {
          head: headWrite(head, { counted }),
          thought: {
            put: item,
            when: [
              { attribute: 'version', is: '=', value: thought.version },
              { attribute: 'deletedAt', is: 'absent' },
              // An erasure takes the name of whom it answers off a reply: a change that has read it before must not bring it back.
              ...(thought.inReplyTo ? [{ attribute: 'inReplyTo', is: 'present' } as const] : []),
            ],
          },
        });
        return refused.size === 0 ? done({ kind: 'changed', thought: toThought(item) }) : AGAIN;
      },
    );
  }

  /**
   * A reply needs a thought that is there, and no block either way. Both are read before, and not checked in the
   * transaction: on AWS, transactions that check the same item get in each other's way. A reply in the moment of a
   * delete harms nobody.
   */
  async #replyRefusal(author: string, to: ThoughtReference): Promise<CreateOutcome | undefined> {
    const [target, relations] = await Promise.all([
      this.get(to.author, to.id),
      this.#follows.relations(author, [to.author]),
    ]);
    if (!target) return { kind: 'no_reply_target' };
    return relations.get(to.author)?.blocked ? { kind: 'blocked' } : undefined;
  }

  /** Writes a change of a thought, and with it the number of replies to the thought that it answers. */
  async #write<Name extends string>(
    thought: Thought,
    counted: 1 | 0 | -1,
    writes: Partial<Record<Name, Write>>,
  ): Promise<Set<Name | 'replies'>> {
    const { inReplyTo } = thought;
    if (!inReplyTo || counted === 0 || !isCounted(thought)) return writeNamed(this.#table, writes);
    return this.#counters.move({ kind: 'thought', id: inReplyTo.id }, 'replies', counted, (replies, attempts) =>
      writeNamed<Name | 'replies'>(this.#table, { ...writes, replies } as Partial<Record<Name | 'replies', Write>>, {
        attempts,
      }),
    );
  }

  async #earlier(author: string, idempotency: Idempotency): Promise<CreateOutcome | undefined> {
    const earlier = await earlierPost(this.#table, author, idempotency, this.#runtime.now());
    if (earlier.kind === 'none') return undefined;
    if (earlier.kind === 'key_reused') return earlier;
    const thought = await this.get(author, earlier.id);
    return thought ? { kind: 'replayed', thought } : { kind: 'gone' };
  }

  async #head(author: string): Promise<AuthorHead> {
    return toHead(author, await this.#table.get<HeadItem>(keys.head(author), { consistent: true }));
  }
}

/** Thoughts that vanish go without a write of ours, so no counter ever has them. */
const isCounted = (thought: Thought): boolean => thought.expiresAt === undefined;
