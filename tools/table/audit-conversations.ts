import { type Head, memberOf, type Roster } from '../../src/conversations/conversation.ts';
import { type InboxItem, toEntry } from '../../src/conversations/inbox.ts';
import { type Message, previewOf } from '../../src/conversations/message.ts';
import { keys } from '../../src/keys/keys.ts';
import { DAY } from '../../src/runtime/runtime.ts';
import type { AuditOptions, Contents, Report } from './audit-contents.ts';

/** Tombstones are gone after 30 days, and the engine may take two more. */
const TOMBSTONES_MS = 28 * DAY;

/** Holds each conversation's numbers against its messages, and each member's row against the conversation. */
export const auditConversations = (contents: Contents, report: Report, { now }: AuditOptions): void => {
  const messages = Map.groupBy(contents.of<Message>('message'), ({ conversation }) => conversation);
  const rows = Map.groupBy(contents.of<InboxItem>('inbox'), ({ conversation }) => conversation);
  for (const head of contents.of<Head>('conversation')) {
    const own = messages.get(head.id) ?? [];
    const roster = contents.get(keys.roster(head.id)) as unknown as Roster | undefined;
    auditMessages(head, roster?.createdAt ?? now, own, report, now);
    if (roster?.version !== head.rosterVersion) {
      report('roster', keys.roster(head.id), `The head names version ${head.rosterVersion}, it is ${roster?.version}`);
    }
    if (roster) auditRows(head, roster, own, rows.get(head.id) ?? [], contents, report);
  }
  for (const [id, [first]] of messages) {
    if (first && !contents.get(keys.conversation(id))) report('message', first, 'Its conversation has no head');
  }
};

/** Places and numbers have no holes and no doubles. Each change of a message has made a version of it. */
const auditMessages = (head: Head, begunAt: number, messages: Message[], report: Report, now: number): void => {
  const at = keys.conversation(head.id);
  const numbers = messages.map(({ seq }) => seq);
  if (new Set(numbers).size < numbers.length) report('seq', at, 'Two messages have the same number');
  const places = new Set(messages.map(({ place }) => place));
  const last = Math.max(0, ...places);
  if (last > head.place) report('message', at, `The head shows place ${head.place}, and a message has ${last}`);
  const missing = Array.from({ length: head.place }, (_, index) => index + 1).filter((place) => !places.has(place));
  const versions = messages.reduce((sum, { version }) => sum + version, 0);
  if (missing.length === 0 && versions !== head.seq) {
    report('seq', at, `The head shows number ${head.seq}, and ${versions} changes were made`);
  }
  // A tombstone expires too. Its time is not known, but the message was posted after the message before it.
  const isOld = (place: number) => {
    const before = messages.filter((other) => other.place < place).map(({ createdAt }) => createdAt);
    return Math.max(begunAt, ...before) < now - TOMBSTONES_MS;
  };
  const lost = missing.filter((place) => !isOld(place));
  if (lost.length > 0) report('message', at, `There is no message at place ${lost.join(', ')}`);
};

const auditRows = (
  head: Head,
  roster: Roster,
  messages: Message[],
  rows: (InboxItem & { pk: string; sk: string })[],
  contents: Contents,
  report: Report,
): void => {
  const last = messages.find(({ place }) => place === head.place);
  for (const { username, from } of roster.members) {
    const key = keys.inboxRow(username, head.id);
    const item = contents.get(key) as unknown as InboxItem | undefined;
    if (!item) {
      report('inbox', key, `${username} is a member and has no row`);
      continue;
    }
    const entry = toEntry(item);
    if (entry.left) report('inbox', key, `${username} is a member, and has left by the row`);
    if (entry.readUpTo > head.place)
      report('inbox', key, `It is read up to ${entry.readUpTo}, and ends at ${head.place}`);
    // Nothing was said since this member came.
    if (from > head.place) continue;
    if (entry.seq !== head.seq || entry.place !== head.place) {
      report('inbox', key, `It shows ${entry.seq}/${entry.place}, and the head ${head.seq}/${head.place}`);
    }
    const preview = last && last.deletedAt === undefined ? previewOf(last) : undefined;
    if (entry.preview !== preview) report('inbox', key, 'It does not show the last message');
  }
  for (const row of rows) {
    if (memberOf(roster, row.username)) continue;
    if (!toEntry(row).left) report('inbox', row, `${row.username} is no member`);
    if (row.preview !== undefined) report('inbox', row, `It keeps a text for ${row.username}, who has left`);
  }
};
