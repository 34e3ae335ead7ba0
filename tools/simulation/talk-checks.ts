import type { App } from './app.ts';
import type { Finding } from './checks.ts';
import type { Person } from './person.ts';
import type { Talks } from './talks.ts';

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

interface Hearer {
  person: string;
  device: string;
  app: Pick<App, 'isLive' | 'liveFrom' | 'talks'>;
}

type Reader = Pick<Person, 'name' | 'call'>;

/** All pages of a list; undefined when it is refused. */
const pages = async <T>(reader: Reader, route: string, params: Record<string, string>): Promise<T[] | undefined> => {
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

/** What was told is there for every member, once and without holes, and for nobody else; inboxes count what is unread. */
export const checkTalks = async (talks: Talks, people: Reader[]): Promise<Finding[]> => {
  const findings: Finding[] = [];
  const find = (code: string, detail: string) => findings.push({ code, detail });
  for (const [id, { members, told }] of talks.all) {
    for (const reader of people.filter(({ name }) => members.includes(name))) {
      const found = await pages<Message>(reader, 'GET /conversations/{id}/messages', { id });
      const lost = told.filter(({ place, text }) => !found?.some((one) => one.place === place && one.text === text));
      const places = new Set(found?.map(({ place }) => place));
      if (lost.length > 0) find('talk_lost', `${reader.name} misses ${lost[0]?.text} of ${id}`);
      if (places.size !== found?.length || Math.max(0, ...places) !== places.size) {
        find('talk_places', `${reader.name} sees the places ${[...places]} of ${id}`);
      }
      if (new Set(found?.map(({ text }) => text)).size !== found?.length) find('talk_doubled', `in ${id}`);
    }
    const stranger = people.find(({ name }) => !members.includes(name));
    const answer = await stranger?.call('GET /conversations/{id}/messages', { params: { id } });
    if (answer && answer.status !== 404)
      find('talk_open', `${stranger?.name} was answered ${answer.status} about ${id}`);
  }
  for (const reader of people) findings.push(...(await checkInbox(talks, reader)));
  return findings;
};

/**
 * Checks that a connected device was given every message since it connected, or was told of a gap in that conversation.
 * @param skewMs milliseconds by which the clock of a message's time may be wrong
 */
export const checkHearing = (talks: Talks, hearers: Hearer[], skewMs: number): Finding[] =>
  hearers.flatMap(({ person, device, app }) => {
    const { liveFrom } = app;
    if (!app.isLive || liveFrom === undefined) return [];
    const own = [...talks.all].filter(([, { members }]) => members.includes(person));
    const missed = own.flatMap(([id, { told }]) =>
      told.filter(({ place, createdAt }) => {
        const at = Date.parse(createdAt);
        return at - 2 * skewMs > liveFrom && !app.talks.has(id, place, at - 2 * skewMs);
      }),
    );
    const detail = `${device} ${missed.length}: ${missed[0]?.text}, place ${missed[0]?.place} of ${missed[0]?.conversationId}`;
    return missed.length > 0 ? [{ code: 'talk_missed', detail }] : [];
  });

/** What nobody has read is unread: everything behind one's own mark. */
const checkInbox = async (talks: Talks, reader: Reader): Promise<Finding[]> => {
  const entries = new Map((await pages<Entry>(reader, 'GET /conversations', {}))?.map((entry) => [entry.id, entry]));
  const own = [...talks.all].filter(([, { members }]) => members.includes(reader.name));
  return own.flatMap(([id, { told, readUpTo }]): Finding[] => {
    const entry = entries.get(id);
    const last = Math.max(...told.map(({ place }) => place));
    const read = readUpTo.get(reader.name) ?? 0;
    const place = entry?.lastMessage?.place ?? 0;
    if (entry && place >= last && entry.readUpTo >= read && entry.unread === place - entry.readUpTo) return [];
    const detail = `${reader.name} has read ${id} up to ${read} of ${last}: ${JSON.stringify(entry)}`;
    return [{ code: 'talk_unread', detail }];
  });
};
