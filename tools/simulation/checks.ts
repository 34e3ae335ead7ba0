import { MAX_CONNECTIONS } from '../../src/connections/presence.ts';
import { type EdgeItem, toEdge } from '../../src/follows/edge.ts';
import type { Item } from '../../src/table/table.ts';
import { isVisible, type Thought } from '../../src/thoughts/thought.ts';
import { audit } from '../table/audit.ts';
import { TOPICS } from './actions.ts';
import type { App } from './app.ts';
import type { History } from './history.ts';
import type { PersonApi } from './person-api.ts';

type Stored = Item & Record<string, unknown>;

/** What each list must contain, computed from the table's sources: thoughts, follows, mutes and blocks. */
export class ReferenceModel {
  readonly thoughts: Thought[];
  readonly #visible: Thought[];
  readonly #edges = new Map<string, { muted: boolean }>();
  readonly #blocks = new Set<string>();

  constructor(items: Item[], now: number) {
    this.thoughts = (items as Stored[]).filter(({ type }) => type === 'thought') as unknown as Thought[];
    this.#visible = this.thoughts.filter((thought) => isVisible(thought, now)).sort((a, b) => (a.id < b.id ? 1 : -1));
    for (const item of items as Stored[]) {
      if (item.type === 'following') {
        const { follower, author, muted } = toEdge(item as unknown as EdgeItem);
        this.#edges.set(`${follower} ${author}`, { muted });
      }
      if (item.type === 'block') this.#blocks.add(`${item.username} ${item.blocked}`);
    }
  }

  /** The thoughts that this reader must see in a channel's list, newest first. */
  list(channel: string, reader: string): Thought[] {
    return this.#visible.filter((thought) => {
      const { author, topics } = thought;
      if (channel === 'all') return true;
      if (channel.startsWith('author:')) return channel === `author:${author}`;
      if (channel.startsWith('topic:')) return topics.includes(channel.slice('topic:'.length));
      if (author === reader) return true;
      const edge = this.#edges.get(`${reader} ${author}`);
      return edge !== undefined && !edge.muted && !this.#isBlocked(reader, author);
    });
  }

  #isBlocked(a: string, b: string): boolean {
    return this.#blocks.has(`${a} ${b}`) || this.#blocks.has(`${b} ${a}`);
  }
}

/** A difference between the system and the reference model. */
export interface Finding {
  code: string;
  detail: string;
}

/** Checks that each thought that was answered 201 is stored, in that version or a later one. */
export const checkStored = (model: ReferenceModel, history: Pick<History, 'thoughts'>): Finding[] => {
  const stored = new Map(model.thoughts.map((thought) => [thought.id, thought]));
  const lost: string[] = [];
  for (const { thought, deletedAt } of history.thoughts.values()) {
    const found = stored.get(thought.id);
    const isExpiring = thought.expiresAt !== undefined;
    // DynamoDB removes deleted and expired thoughts after a while.
    if (!found && !isExpiring && deletedAt === undefined)
      lost.push(`${thought.id} of ${thought.author} was answered and is nowhere`);
    if (found && found.version < thought.version) lost.push(`an edit of ${thought.id} is nowhere`);
    if (found && deletedAt !== undefined && found.deletedAt === undefined) {
      lost.push(`the delete of ${thought.id} is nowhere`);
    }
  }
  return lost.map((detail) => ({ code: 'lost', detail }));
};

/** Checks that a post without an Idempotency-Key is stored at most as often as it was sent. */
export const checkSentOnce = (
  model: ReferenceModel,
  { sentWithoutKey }: Pick<History, 'sentWithoutKey'>,
): Finding[] => {
  const stored = Map.groupBy(model.thoughts, ({ text }) => text);
  return [...sentWithoutKey].flatMap(([text, sent]) => {
    const ids = stored.get(text)?.map(({ id }) => id) ?? [];
    if (ids.length <= sent) return [];
    return [{ code: 'stored_again', detail: `${text} was sent ${sent} times, and is stored as ${ids.join(', ')}` }];
  });
};

/** Checks that derived items match their sources, and that no task is left. */
export const checkDerived = (items: Item[], now: number, retentionMs: number): Finding[] =>
  audit(items, { now, retentionMs }).map(({ rule, item, detail }) => ({
    code: `audit_${rule}`,
    detail: `${item}: ${detail}`,
  }));

/**
 * The first people of a run read one of these lists each, beside their timelines. Over HTTP anybody may read them, so mutes
 * and blocks hide nobody.
 */
const OTHER_LISTS: readonly { channel: string; limit: number }[] = [
  { channel: 'all', limit: 10 },
  ...TOPICS.map((topic) => ({ channel: `topic:${topic}`, limit: 5 })),
  { channel: 'author:person0', limit: 5 },
];

/** People read their timelines in pages of these sizes. An item that is lost is mostly lost between two pages. */
const PAGE_SIZES: readonly number[] = [7, 17, 40, 100];

/** Checks that each timeline, and some other lists, read page by page, are what the reference model says. */
export const checkPages = async (
  model: ReferenceModel,
  people: Pick<PersonApi, 'name' | 'list'>[],
): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const [at, person] of people.entries()) {
    const timeline = { channel: 'timeline', limit: PAGE_SIZES[at % PAGE_SIZES.length] };
    const other = OTHER_LISTS[at];
    for (const { channel, limit } of [timeline, ...(other ? [other] : [])]) {
      const read = await person.list(channel, limit, 1_000);
      const found = (read?.items ?? []).map(({ id, version }) => `${id}:${version}`);
      const expected = model.list(channel, person.name).map(({ id, version }) => `${id}:${version}`);
      if (found.join() === expected.join()) continue;
      const detail = `${person.name}'s pages of ${channel}: ${differences(new Set(expected), new Set(found))}`;
      findings.push({ code: 'page', detail });
    }
  }
  return findings;
};

/** A device, its person, and what its app shows. */
export interface View {
  person: string;
  device: string;
  /** How many devices the person has. */
  devices: number;
  app: Pick<App, 'isLive' | 'isReplaced' | 'channels' | 'shown'>;
}

/** Whether a difference is expected: the two had a block or mute for a while, or the plan itself lost the events. */
export type IsExcused = (person: string, channel: string, author: string) => boolean;

/** Checks that each app shows what its lists contain, down to the oldest thought that it has read. */
export const checkViews = (model: ReferenceModel, views: View[], isExcused: IsExcused): Finding[] =>
  views.flatMap((view) => {
    const { app, device, devices } = view;
    // The connection that a device has lost counts beside its next one until API Gateway notices: with 20 devices that is the 21st.
    if (app.isReplaced && devices >= MAX_CONNECTIONS) return [];
    if (app.isReplaced) return [{ code: 'replaced', detail: `${device} gave way, one of ${devices} devices` }];
    if (!app.isLive) return [{ code: 'not_live', detail: `${device} is not connected in the end` }];
    return app.channels.flatMap((channel) => checkView(model, view, channel, isExcused));
  });

const checkView = (
  model: ReferenceModel,
  { person, device, app }: View,
  channel: string,
  isExcused: IsExcused,
): Finding[] => {
  const shown = app.shown(channel);
  if (!shown) return [{ code: 'view_unread', detail: `${device} never read ${channel}` }];
  const isChecked = ({ author, id }: Thought) => id > shown.floor && !isExcused(person, channel, author);
  const expected = model.list(channel, person).filter(isChecked);
  const wanted = new Set(expected.map(({ id, version }) => `${id}:${version}`));
  const found = new Set(versionsOf(shown.versions));
  const missing = [...wanted].filter((id) => !found.has(id));
  const extra = [...found].filter((id) => !wanted.has(id) && isCheckedId(model, id, isChecked));
  const kind = channel.split(':')[0];
  const some = (what: string, versions: string[]) =>
    `${device}'s ${channel} ${what} ${versions.length}: ${versions.slice(0, 3).map(versionText).join(', ')}`;
  return [
    ...(missing.length > 0 ? [{ code: `view_misses_${kind}`, detail: some('lacks', missing) }] : []),
    ...(extra.length > 0 ? [{ code: `view_keeps_${kind}`, detail: some('should not have', extra) }] : []),
  ];
};

/** Changes `id:3` to `id in version 3`, for people. */
const versionText = (version: string): string => version.replace(/:(\d+)$/, ' in version $1');

const versionsOf = (versions: Map<string, number>): string[] =>
  [...versions].map(([id, version]) => `${id}:${version}`);

const isCheckedId = (model: ReferenceModel, version: string, isChecked: (thought: Thought) => boolean): boolean => {
  const thought = model.thoughts.find(({ id }) => version.startsWith(id));
  return thought === undefined || isChecked(thought);
};

const differences = (expected: Set<string>, found: Set<string>): string => {
  const missing = [...expected].filter((id) => !found.has(id));
  const extra = [...found].filter((id) => !expected.has(id));
  const some = (versions: string[]) => versions.slice(0, 3).map(versionText).join(', ');
  return `${missing.length} missing ${some(missing)}; ${extra.length} too many ${some(extra)}`;
};
