import { rosterItem } from '../../src/conversations/conversation-items.ts';
import { type ConversationChange, ConversationFanOut } from '../../src/fan-out/conversations.ts';
import { PushBuffer } from '../../src/push/push-buffer.ts';
import { Resumer } from '../../src/websocket/resume.ts';
import { pushTyping } from '../../src/websocket/typing.ts';
import { posted } from './contracts/conversation-contract.ts';
import { engineTable } from './engine-table.ts';
import { FakeSockets } from './fake-sockets.ts';
import type { Units } from './units.ts';
import { createWorld, times, type World } from './world.ts';

const HOUR = 3_600_000;
const TEXT = 'A message of the length that people write when they write something short.';
const MEMBERS = times(10, (at) => `member_${at}`);
const [ALICE = '', BOB = '', CAROL = ''] = MEMBERS;
const PAGE = { limit: 20 };

interface Scene {
  world: World;
  /** A group of ten with 30 messages. */
  group: string;
  ofTwo: string;
}

const tell = ({ world }: Scene, change: ConversationChange) =>
  new ConversationFanOut(world).handle(change, new PushBuffer());

const toldOf = ({ world }: Scene, conversation: string, place: number): ConversationChange => ({
  ...{ kind: 'message', conversation, place, version: 1, at: world.runtime.now() },
});

/** Ten people who are online, in a group with 30 messages; alice has 100 conversations beside, each told to her inbox. */
const build = async () => {
  const { table, service } = await engineTable();
  const world = createWorld(table);
  const { conversations, messages, runtime } = world;
  for (const username of [...MEMBERS, 'dave']) {
    await world.users.ensure(username);
    const live = { connectionId: `c-${username}`, connectedAt: runtime.now(), authExpiresAt: runtime.now() + HOUR };
    await world.connections.add({ username, ...live });
    await world.presence.connected(username, live);
  }
  const open = async (members: string[]) =>
    posted(await conversations.open(ALICE, { members, text: TEXT })).conversation.head.id;
  const ofTwo = await open([BOB]);
  const group = await open(MEMBERS.slice(1));
  const scene = { world, group, ofTwo };
  for (const _ of times(29, (at) => at)) await messages.post(group, { author: BOB, text: TEXT });
  await tell(scene, toldOf(scene, group, 30));
  for (const _ of times(100, (at) => at)) {
    runtime.pass(1_000);
    await tell(scene, toldOf(scene, await open([BOB, CAROL]), 1));
  }
  await joinLargeGroups(world);
  return { scene, service };
};

/** Erin is in 100 groups of 100 members, whose names are of the greatest length, and who were added later. */
const joinLargeGroups = async ({ inboxes, runtime, table }: World) => {
  for (const id of times(100, () => runtime.newId())) {
    const members = times(100, (at) => ({
      username: at === 0 ? 'erin' : `member_${at}`.padEnd(30, '_'),
      ...{ from: 1_000, fromSeq: 1_000 },
    }));
    await table.batchWrite([{ put: rosterItem({ id, kind: 'group', members, createdAt: runtime.now(), version: 1 }) }]);
    const message = { conversation: id, place: 1, id, author: 'member_number_1', text: TEXT, version: 1, seq: 1 };
    const last = { ...message, createdAt: runtime.now() };
    await inboxes.raise('erin', { id, seq: 1, place: 1, rosterVersion: 1 }, last);
  }
};

/** What each pattern does, in an order in which each finds what it needs. */
const PATTERNS: Record<string, (scene: Scene) => Promise<unknown>> = {
  message: ({ world, group }) => world.messages.post(group, { author: ALICE, text: TEXT }),
  message_told: (scene) => tell(scene, toldOf(scene, scene.group, 31)),
  message_of_two: ({ world, ofTwo }) => world.messages.post(ofTwo, { author: ALICE, text: TEXT }),
  message_with_key: ({ world, group }) =>
    world.messages.post(group, { author: ALICE, text: TEXT, idempotency: { key: 'k', fingerprint: 'f' } }),
  message_first: ({ world }) => world.conversations.open(BOB, { members: MEMBERS, text: TEXT }),
  message_edit: ({ world, group }) => world.messages.edit(group, 30, BOB, `${TEXT}!`),
  message_edit_of_two: ({ world, ofTwo }) => world.messages.edit(ofTwo, 1, ALICE, `${TEXT}!`),
  message_delete: ({ world, group }) => world.messages.delete(group, 30, BOB),
  messages_page: async ({ world: { conversationReader, messages }, group }) => {
    const span = (await conversationReader.spanOf(ALICE, group)) ?? { from: 1 };
    await conversationReader.stillSeen(ALICE, group, span, (await messages.page(group, span, PAGE)).messages);
  },
  inbox_page: ({ world }) => world.inboxReader.page(ALICE, {}, PAGE.limit),
  inbox_page_large_groups: ({ world }) => world.inboxReader.page('erin', {}, 100),
  conversation: ({ world, group }) => world.inboxReader.insight(ALICE, group),
  conversation_of_two: ({ world, ofTwo }) => world.inboxReader.insight(ALICE, ofTwo),
  read_mark: async ({ world, group }) => {
    await world.conversationReader.get(group);
    await world.inboxes.markRead(CAROL, group, 30, 'reader');
  },
  read_told: (scene) => tell(scene, { kind: 'read', conversation: scene.group, username: CAROL }),
  member_added: ({ world, group }) => world.conversations.add(ALICE, group, 'dave'),
  member_left: ({ world, group }) => world.conversations.leave(CAROL, group),
  group_renamed: ({ world, group }) => world.conversations.rename(ALICE, group, 'The sea'),
  group_removed: ({ world, group }) => world.conversations.remove(CAROL, group),
  conversations_compared: ({ world }) => new Resumer(world).conversations(ALICE),
  conversation_resumed: ({ world, group }) =>
    new Resumer(world).resume({ username: ALICE, channel: `conversation:${group}`, since: world.runtime.newId() }),
  typing: async ({ world, group }) => {
    const [alice] = (await world.presence.of([ALICE])).get(ALICE)?.connections ?? [];
    if (!alice) throw new Error('Alice is not online');
    await world.connections.get(alice.connectionId);
    await pushTyping({ ...world, sockets: new FakeSockets() }, { username: ALICE, ...alice }, group);
  },
};

/** Units of what people do in conversations of ten, and of two where it is said. */
export const measureConversations = async (): Promise<Record<string, Units>> => {
  const { scene, service } = await build();
  const found: Record<string, Units> = {};
  for (const [name, work] of Object.entries(PATTERNS)) {
    scene.world.runtime.pass(10_000);
    service.usage.clear();
    await work(scene);
    found[name] = { reads: service.usage.total('read'), writes: service.usage.total('write') };
  }
  return found;
};
