import pMap from 'p-map';
import type { ConnectionStore, KnownConnection } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import { memberOf, RECEIPT_MEMBERS } from '../conversations/conversation.ts';
import type { ConversationReader } from '../conversations/conversation-reader.ts';
import type { BlockStore } from '../follows/block-store.ts';
import { conversationFrame } from '../protocol/packing.ts';
import type { Sockets } from '../push/sockets.ts';

export interface TypingDependencies {
  connections: ConnectionStore;
  conversationReader: ConversationReader;
  blocks: BlockStore;
  presence: PresenceStore;
  sockets: Pick<Sockets, 'post'>;
}

const PUSHES_AT_ONCE = 16;

/** `silent`: the others are not told, for there are too many, or they were told a moment ago. */
export type TypingOutcome = { kind: 'told' } | { kind: 'silent' } | { kind: 'unknown' };

/**
 * Tells the other members who are online that somebody types. Nothing of it is stored, but on the connection when it
 * was told last: a process of Lambda can't know what the others have let through. A connection is let through once in
 * three seconds, so it has at most 19 members' connections pushed to as often; everything else costs it three reads
 * and a write.
 */
export const pushTyping = async (
  { connections, conversationReader, blocks, presence, sockets }: TypingDependencies,
  { connectionId, username }: KnownConnection,
  conversationId: string,
): Promise<TypingOutcome> => {
  const roster = await conversationReader.roster(conversationId);
  if (!roster || !memberOf(roster, username)) return { kind: 'unknown' };
  if (roster.members.length > RECEIPT_MEMBERS || !(await connections.mayType(connectionId))) return { kind: 'silent' };
  const others = roster.members.map((member) => member.username).filter((name) => name !== username);
  if (roster.kind === 'two' && (await blocks.isBlocked(username, others))) return { kind: 'silent' };
  const frame = conversationFrame({ type: 'conversation.typing', conversationId, username });
  const present = [...(await presence.of(others)).values()].flatMap((one) => one.connections);
  await pMap(present, (connection) => sockets.post(connection.connectionId, frame), { concurrency: PUSHES_AT_ONCE });
  return { kind: 'told' };
};
