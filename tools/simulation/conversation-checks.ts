import type { Caller } from './answer.ts';
import type { App } from './app.ts';
import type { Finding } from './checks.ts';
import type { ConversationLog } from './conversation-log.ts';

const PAGE = '100';

interface Message {
  place: number;
  text: string;
}

interface Entry {
  id: string;
  unread: number;
  readUpTo: number;
  lastMessage?: { place: number };
}

interface Device {
  person: string;
  device: string;
  app: Pick<App, 'isLive' | 'liveFrom' | 'receivedMessages'>;
}

/** All pages of a list; undefined when it is refused. */
const pages = async <T>(reader: Caller, route: string, params: Record<string, string>): Promise<T[] | undefined> => {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await reader.call(route, { params, query: { limit: PAGE, ...(cursor && { cursor }) } });
    if (answer?.status !== 200) return undefined;
    const body = answer.body as { items: T[]; next?: string };
    items.push(...body.items);
    cursor = body.next;
  } while (cursor);
  return items;
};

/**
 * Checks that each member can read all messages, once and without holes. Those who have left can read what was said before, and nobody
 * else can read any. Inboxes count what is unread.
 */
export const checkConversations = async (conversations: ConversationLog, people: Caller[]): Promise<Finding[]> => {
  const findings: Finding[] = [];
  const find = (code: string, detail: string) => findings.push({ code, detail });
  for (const [id, { everybody, left, members, messages }] of conversations.all) {
    for (const reader of people.filter(({ name }) => members.includes(name))) {
      const found = await pages<Message>(reader, 'GET /conversations/{id}/messages', { id });
      const lost = messages.filter(
        ({ place, text }) => !found?.some((one) => one.place === place && one.text === text),
      );
      const places = new Set(found?.map(({ place }) => place));
      if (lost.length > 0) find('conversation_lost', `${reader.name} misses ${lost[0]?.text} of ${id}`);
      if (places.size !== found?.length || Math.max(0, ...places) !== places.size) {
        find('conversation_places', `${reader.name} sees the places ${[...places]} of ${id}`);
      }
      if (new Set(found?.map(({ text }) => text)).size !== found?.length) find('conversation_doubled', `in ${id}`);
    }
    for (const reader of people.filter(({ name }) => left.has(name))) {
      const found = await pages<Message>(reader, 'GET /conversations/{id}/messages', { id });
      const lost = left.get(reader.name)?.kept.filter(({ place }) => !found?.some((one) => one.place === place)) ?? [];
      if (lost.length > 0) find('conversation_lost', `${reader.name} left ${id}, and misses ${lost[0]?.text}`);
    }
    const stranger = people.find(({ name }) => !everybody.includes(name));
    const answer = await stranger?.call('GET /conversations/{id}/messages', { params: { id } });
    if (answer && answer.status !== 404)
      find('conversation_open', `${stranger?.name} was answered ${answer.status} about ${id}`);
  }
  for (const reader of people) findings.push(...(await checkInbox(conversations, reader)));
  return findings;
};

/**
 * Checks that a connected device was given every message since it connected, or was told of a gap in that conversation.
 * @param skewMs milliseconds by which the clock of a message's time may be wrong
 */
export const checkReceivedMessages = (conversations: ConversationLog, devices: Device[], skewMs: number): Finding[] =>
  devices.flatMap(({ person, device, app }) => {
    const { liveFrom } = app;
    if (!app.isLive || liveFrom === undefined) return [];
    const own = [...conversations.all].filter(([, { members }]) => members.includes(person));
    const missed = own.flatMap(([id, { messages }]) =>
      messages.filter(({ place, createdAt }) => {
        const at = Date.parse(createdAt);
        return at - 2 * skewMs > liveFrom && !app.receivedMessages.has(id, place, at - 2 * skewMs);
      }),
    );
    const detail = `${device} ${missed.length}: ${missed[0]?.text}, place ${missed[0]?.place} of ${missed[0]?.conversationId}`;
    return missed.length > 0 ? [{ code: 'conversation_missed', detail }] : [];
  });

/** The unread messages of an inbox row are those after the person's own read mark. */
const checkInbox = async (conversations: ConversationLog, reader: Caller): Promise<Finding[]> => {
  const entries = new Map((await pages<Entry>(reader, 'GET /conversations', {}))?.map((entry) => [entry.id, entry]));
  const own = [...conversations.all].filter(([, { members }]) => members.includes(reader.name));
  return own.flatMap(([id, { messages, readUpTo }]): Finding[] => {
    const entry = entries.get(id);
    const last = Math.max(...messages.map(({ place }) => place));
    const read = readUpTo.get(reader.name) ?? 0;
    const place = entry?.lastMessage?.place ?? 0;
    if (entry && place >= last && entry.readUpTo >= read && entry.unread === place - entry.readUpTo) return [];
    const detail = `${reader.name} has read ${id} up to ${read} of ${last}: ${JSON.stringify(entry)}`;
    return [{ code: 'conversation_unread', detail }];
  });
};
