import type { BlockStore } from '../follows/block-store.ts';
import type { Runtime } from '../runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import type { Table, Write } from '../table/table.ts';
import type { UserStore } from '../users/user-store.ts';
import { AGAIN, type Busy, takingTurns } from './contended.ts';
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
import { joinWrite, leaveWrite } from './inbox-store.ts';
import type { MessageStore, NewPost, PostOutcome } from './message-store.ts';

export type OpenOutcome = PostOutcome | { kind: 'unknown_user'; username: string } | { kind: 'nobody_else' };

export type MembersOutcome =
  | { kind: 'changed'; conversation: Conversation }
  /** It was so before. */
  | { kind: 'unchanged'; conversation: Conversation }
  | { kind: 'not_found' }
  | { kind: 'not_a_group' }
  | { kind: 'unknown_user' }
  | { kind: 'blocked' }
  | { kind: 'full' }
  | Busy;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  users: UserStore;
  blocks: BlockStore;
  conversationReader: ConversationReader;
  messages: MessageStore;
}

/** Opens conversations, and changes who is in them. Each change names the head it has read, as a message does. */
export class ConversationStore {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Posts the first message of a group, or one into the conversation of two, which is made if there is none. */
  async open(
    username: string,
    { members, name, text }: NewConversation,
    idempotency?: NewPost['idempotency'],
  ): Promise<OpenOutcome> {
    const { runtime, users, blocks, messages } = this.#deps;
    const others = othersOf(username, members);
    const [other] = others;
    if (other === undefined) return { kind: 'nobody_else' };
    const unknown = (await users.unknownOf(others))[0];
    if (unknown !== undefined) return { kind: 'unknown_user', username: unknown };
    const isOfTwo = others.length === 1 && name === undefined;
    // A conversation of two looks at this with each message.
    if (!isOfTwo && (await blocks.isBlocked(username, others))) return { kind: 'blocked' };
    const id = isOfTwo ? conversationOfTwo(username, other) : runtime.newId();
    const roster: Roster = {
      ...{ id, kind: isOfTwo ? 'two' : 'group', name, createdAt: runtime.now(), version: 1 },
      members: [username, ...others].map((member) => ({ username: member, from: 1 })),
    };
    return messages.post(id, { author: username, text, idempotency }, roster);
  }

  /** Adds somebody to a group, who sees what is said from then on. */
  async add(username: string, id: string, added: string): Promise<MembersOutcome> {
    const { users, blocks, runtime } = this.#deps;
    return this.#change(username, id, async ({ roster, head }) => {
      if (memberOf(roster, added)) return { kind: 'unchanged', conversation: { roster, head } };
      if (roster.members.length >= MAX_MEMBERS) return { kind: 'full' };
      if ((await users.unknownOf([added])).length > 0) return { kind: 'unknown_user' };
      if (await blocks.isBlocked(username, [added])) return { kind: 'blocked' };
      return { roster: withMember(roster, added, head), row: joinWrite(added, head, runtime.now()) };
    });
  }

  /** Ends one's own membership: what was said until now can be read on, and nothing that comes after. */
  async leave(username: string, id: string): Promise<MembersOutcome> {
    return this.#change(username, id, async ({ roster, head }) => ({
      roster: withoutMember(roster, username),
      row: leaveWrite(username, roster, head, memberOf(roster, username)?.from ?? 1, this.#deps.runtime.now()),
    }));
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
    const { table, runtime, conversationReader } = this.#deps;
    let tried: Roster | undefined;
    return takingTurns<MembersOutcome>(runtime, async () => {
      const before = await conversationReader.get(id);
      // Nobody but oneself ends a membership: a leave whose answer got lost has been made all the same.
      const isLeave = tried !== undefined && !memberOf(tried, username);
      if (before && isLeave && !memberOf(before.roster, username)) {
        return { kind: 'done', outcome: { kind: 'changed', conversation: before } };
      }
      if (!before || !memberOf(before.roster, username)) return { kind: 'done', outcome: { kind: 'not_found' } };
      if (before.roster.kind === 'two') return { kind: 'done', outcome: { kind: 'not_a_group' } };
      const changed = await change(before);
      if ('kind' in changed) return { kind: 'done', outcome: changed };
      const { roster, row } = changed;
      tried = roster;
      const head = { ...before.head, rosterVersion: roster.version };
      const refused = await writeNamed(
        table,
        { head: headWrite(before.head, head), roster: rosterWrite(roster), ...(row && { row }) },
        { attempts: 1 },
      );
      if (refused.size > 0) return AGAIN;
      return { kind: 'done', outcome: { kind: 'changed', conversation: { head, roster } } };
    });
  }
}
