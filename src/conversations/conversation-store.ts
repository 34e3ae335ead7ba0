import type { BlockStore } from '../follows/block-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import { AGAIN, type Attempt, done } from '../table/optimistic.ts';
import { type Table, TableBusyError, type Write } from '../table/table.ts';
import type { UserStore } from '../users/user-store.ts';
import { type Busy, ONCE, takingTurns } from './contended.ts';
import {
  conversationOfTwo,
  MAX_MEMBERS,
  memberOf,
  type NewConversation,
  othersOf,
  type Roster,
  renamed,
  withMember,
  withoutMember,
} from './conversation.ts';
import { headWrite, rosterWrite } from './conversation-items.ts';
import type { Conversation, ConversationReader } from './conversation-reader.ts';
import { type InboxStore, joinWrite, leaveWrite, removeWrite } from './inbox-store.ts';
import type { MessageStore, NewPost, PostOutcome } from './message-store.ts';

export type OpenOutcome =
  | PostOutcome
  | { kind: 'too_many'; username: string }
  | { kind: 'unknown_user'; username: string }
  | { kind: 'nobody_else' };

export type MembersOutcome =
  | { kind: 'changed'; conversation: Conversation }
  /** The conversation was like this before. */
  | { kind: 'unchanged'; conversation: Conversation }
  | { kind: 'not_found' }
  | { kind: 'not_a_group' }
  | { kind: 'unknown_user' }
  | { kind: 'blocked' }
  | { kind: 'full' }
  /** The one who is to be added is in as many groups as an inbox takes. */
  | { kind: 'too_many' }
  | Busy;

/** So many times the holders of two names may change; one takes a name's hold, which is days. */
const MAX_GENERATIONS = 20;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  users: UserStore;
  blocks: BlockStore;
  conversationReader: ConversationReader;
  messages: MessageStore;
  inboxes: InboxStore;
}

/** Opens conversations, and changes their members. Each change is conditional on the head that it has read, as a message is. */
export class ConversationStore {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Posts the first message of a group, or a message into a conversation of two, which is created if there is none. */
  async open(
    username: string,
    { members: named, name, text }: NewConversation,
    idempotency?: NewPost['idempotency'],
  ): Promise<OpenOutcome> {
    const { runtime, messages } = this.#deps;
    const others = othersOf(username, named);
    const [other] = others;
    if (other === undefined) return { kind: 'nobody_else' };
    const isOfTwo = others.length === 1 && name === undefined;
    const refusal = await this.#refusal(username, others, isOfTwo);
    // A refused request may be a repetition: the earlier request may have opened the group, and have used up a member's last place.
    // Then answer as the earlier one did.
    if (refusal) return (await messages.earlier({ author: username, idempotency })) ?? refusal;
    const post = { author: username, text, idempotency };
    const members = [username, ...others].map((member) => ({ username: member, from: 1 }));
    const common = { members, name, createdAt: runtime.now(), version: 1 };
    if (isOfTwo) return this.#openOfTwo(post, other, { ...common, kind: 'two' });
    const id = runtime.newId();
    return messages.post(id, post, { ...common, id, kind: 'group' });
  }

  /** The reason why this person can't open a conversation with these others now; undefined when there is none. */
  async #refusal(username: string, others: string[], isOfTwo: boolean): Promise<OpenOutcome | undefined> {
    const { users, blocks, inboxes } = this.#deps;
    const unknown = (await users.unknownOf(others))[0];
    if (unknown !== undefined) return { kind: 'unknown_user', username: unknown };
    // In a conversation of two, each message checks this.
    if (isOfTwo) return undefined;
    if (await blocks.isBlocked(username, others)) return { kind: 'blocked' };
    const crowded = (await inboxes.withoutRoom(others))[0];
    return crowded === undefined ? undefined : { kind: 'too_many', username: crowded };
  }

  /** Where one of the two was erased, and somebody else has the name now, the next conversation of these names begins. */
  async #openOfTwo(post: NewPost, other: string, roster: Omit<Roster, 'id'>): Promise<PostOutcome> {
    let outcome: PostOutcome = { kind: 'ended' };
    for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
      const id = conversationOfTwo(post.author, other, generation);
      outcome = await this.#deps.messages.post(id, post, { ...roster, id });
      // One who bears an erased person's name is no member of that person's conversation.
      if (outcome.kind !== 'ended' && outcome.kind !== 'not_found') return outcome;
    }
    return { kind: 'ended' };
  }

  /** Adds somebody to a group. The new member sees the messages that are posted from then on. */
  async add(username: string, id: string, added: string): Promise<MembersOutcome> {
    const { users, blocks, runtime, inboxes } = this.#deps;
    return this.#change(username, id, async ({ roster, head }) => {
      if (memberOf(roster, added)) return { kind: 'unchanged', conversation: { roster, head } };
      if (roster.members.length >= MAX_MEMBERS) return { kind: 'full' };
      if ((await users.unknownOf([added])).length > 0) return { kind: 'unknown_user' };
      if (await blocks.isBlocked(username, [added])) return { kind: 'blocked' };
      if ((await inboxes.withoutRoom([added])).length > 0) return { kind: 'too_many' };
      return { roster: withMember(roster, added, head), row: joinWrite(added, head, runtime.now()) };
    });
  }

  /** Ends the caller's own membership. The caller can still read what was posted until now. */
  async leave(username: string, id: string): Promise<MembersOutcome> {
    return this.#change(username, id, async ({ roster, head }) => ({
      roster: withoutMember(roster, username),
      row: leaveWrite(username, roster, head, memberOf(roster, username)?.from ?? 1, this.#deps.runtime.now()),
    }));
  }

  /** Takes a group that one has left out of one's conversations: nothing of it can be read on. */
  async remove(username: string, id: string): Promise<{ kind: 'removed' | 'still_member' | 'not_found' }> {
    const { table, runtime, conversationReader } = this.#deps;
    if (!(await conversationReader.spanOf(username, id))) return { kind: 'not_found' };
    const { kind } = await table.write([removeWrite(username, id, runtime.now())]);
    return { kind: kind === 'written' ? 'removed' : 'still_member' };
  }

  /**
   * Takes a person who is erased out of a conversation of any kind; one of two ends by it. Nothing changes where they are
   * no member.
   * @throws TableBusyError when so many write into the conversation that there was no turn; nothing was written
   */
  async removeErased(username: string, id: string): Promise<void> {
    const { runtime, conversationReader } = this.#deps;
    const outcome = await takingTurns<{ kind: 'removed' }>(runtime, async () => {
      const before = await conversationReader.get(id);
      if (!before || !memberOf(before.roster, username)) return done({ kind: 'removed' });
      const made = await this.#write(before, withoutMember(before.roster, username));
      return made.kind === 'again' ? AGAIN : done({ kind: 'removed' });
    });
    if (outcome.kind === 'busy') throw new TableBusyError('Too many write into the conversation');
  }

  async rename(username: string, id: string, name: string): Promise<MembersOutcome> {
    return this.#change(username, id, async ({ roster, head }) =>
      roster.name === name ? { kind: 'unchanged', conversation: { roster, head } } : { roster: renamed(roster, name) },
    );
  }

  async #change(
    username: string,
    id: string,
    change: (conversation: Conversation) => Promise<MembersOutcome | { roster: Roster; row?: Write }>,
  ): Promise<MembersOutcome> {
    const { runtime, conversationReader } = this.#deps;
    let tried: Roster | undefined;
    return takingTurns<MembersOutcome>(runtime, async () => {
      const before = await conversationReader.get(id);
      // Only the member ends a membership, so an earlier try of this leave was made, and its answer was lost.
      const isLeave = tried !== undefined && !memberOf(tried, username);
      if (before && isLeave && !memberOf(before.roster, username)) {
        return done({ kind: 'changed', conversation: before });
      }
      if (!before || !memberOf(before.roster, username)) return done({ kind: 'not_found' });
      if (before.roster.kind === 'two') return done({ kind: 'not_a_group' });
      const changed = await change(before);
      if ('kind' in changed) return done(changed);
      const { roster, row } = changed;
      tried = roster;
      return this.#write(before, roster, row);
    });
  }

  async #write(
    before: Conversation,
    roster: Roster,
    row?: Write,
  ): Promise<Attempt<{ kind: 'changed'; conversation: Conversation }>> {
    const head = { ...before.head, rosterVersion: roster.version };
    const writes = { head: headWrite(before.head, head), roster: rosterWrite(roster), ...(row && { row }) };
    const refused = await writeNamed(this.#deps.table, writes, ONCE);
    return refused.size > 0 ? AGAIN : done({ kind: 'changed', conversation: { head, roster } });
  }
}
