import { MAX_CONNECTIONS } from '../../src/connections/presence.ts';
import { type EdgeItem, toEdge } from '../../src/follows/edge.ts';
import type { Item } from '../../src/table/table.ts';
import { isVisible, type Thought } from '../../src/thoughts/thought.ts';
import { audit } from '../table/audit.ts';
import type { App } from './app.ts';
import type { History } from './history.ts';
import type { Person } from './person.ts';

type Stored = Item & Record<string, unknown>;

/** What the table's sources say: the thoughts, and who follows, mutes and blocks whom. */
export class Truth {
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

  /** The definition of a channel's list: who may see what, newest first. */
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

/** Something that is not as it must be. */
export interface Finding {
  code: string;
  detail: string;
}

/** What was answered 201 is stored, as it was answered or changed since. */
export const checkStored = (truth: Truth, history: Pick<History, 'thoughts'>): Finding[] => {
  const stored = new Map(truth.thoughts.map((thought) => [thought.id, thought]));
  const lost: string[] = [];
  for (const { thought, deletedAt } of history.thoughts.values()) {
    const found = stored.get(thought.id);
    const isExpiring = thought.expiresAt !== undefined;
    // What was deleted goes for good after a while, and so does what vanishes.
    if (!found && !isExpiring && deletedAt === undefined)
      lost.push(`${thought.id} of ${thought.author} was answered and is nowhere`);
    if (found && found.version < thought.version) lost.push(`an edit of ${thought.id} is nowhere`);
    if (found && deletedAt !== undefined && found.deletedAt === undefined) {
      lost.push(`the delete of ${thought.id} is nowhere`);
    }
  }
  return lost.map((detail) => ({ code: 'lost', detail }));
};

/** What is derived follows from its source, and nothing is left under way. */
export const checkDerived = (items: Item[], now: number, retentionMs: number): Finding[] =>
  audit(items, { now, retentionMs }).map(({ rule, item, detail }) => ({
    code: `audit_${rule}`,
    detail: `${item}: ${detail}`,
  }));

/** A list that is read page by page is its definition. */
export const checkPages = async (truth: Truth, people: Pick<Person, 'name' | 'list'>[]): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const person of people) {
    const limit = 1 + ((person.name.length * 7) % 40);
    const read = await person.list('timeline', limit, 1_000);
    const found = (read?.items ?? []).map(({ id, version }) => `${id}:${version}`);
    const expected = truth.list('timeline', person.name).map(({ id, version }) => `${id}:${version}`);
    if (found.join() !== expected.join()) {
      const detail = `${person.name}'s timeline: ${differences(new Set(expected), new Set(found))}`;
      findings.push({ code: 'page', detail });
    }
  }
  return findings;
};

/** What is shown on one device, and by whom. */
export interface View {
  person: string;
  device: string;
  app: Pick<App, 'isLive' | 'isReplaced' | 'channels' | 'shown'>;
  /** The events that the app was given. */
  given: ReadonlySet<string>;
}

/** Leaves out what can't be told: pairs of people who were apart for a while, and what the plan itself has lost. */
export type IsExcused = (person: string, channel: string, author: string) => boolean;

/** What an app shows is what its lists hold, as far down as it has read them. */
export const checkViews = (truth: Truth, views: View[], isExcused: IsExcused): Finding[] =>
  views.flatMap((view) => {
    const { app, device, person } = view;
    const devices = views.filter((other) => other.person === person).length;
    if (app.isReplaced && devices > MAX_CONNECTIONS) return [];
    if (app.isReplaced) return [{ code: 'replaced', detail: `${device} gave way, one of ${devices} devices` }];
    if (!app.isLive) return [{ code: 'not_live', detail: `${device} is not connected in the end` }];
    return app.channels.flatMap((channel) => checkView(truth, view, channel, isExcused));
  });

const checkView = (
  truth: Truth,
  { person, device, app, given }: View,
  channel: string,
  isExcused: IsExcused,
): Finding[] => {
  const shown = app.shown(channel);
  if (!shown) return [{ code: 'view_unread', detail: `${device} never read ${channel}` }];
  const isChecked = ({ author, id }: Thought) => id > shown.floor && !isExcused(person, channel, author);
  const expected = truth.list(channel, person).filter(isChecked);
  const wanted = new Set(expected.map(({ id, version }) => `${id}:${version}`));
  // An event that comes by two channels is given once; on which lists it goes, the first push alone says.
  const anywhere = given.union(new Set(app.channels.flatMap((name) => versionsOf(app.shown(name)?.versions))));
  const missing = [...wanted].filter((id) => !anywhere.has(id));
  const extra = versionsOf(shown.versions).filter((id) => !wanted.has(id) && isCheckedId(truth, id, isChecked));
  const kind = channel.split(':')[0];
  const some = (ids: string[]) => `${device} ${channel} ${ids.length}: ${ids.slice(0, 3).join(' ')}`;
  return [
    ...(missing.length > 0 ? [{ code: `view_misses_${kind}`, detail: some(missing) }] : []),
    ...(extra.length > 0 ? [{ code: `view_keeps_${kind}`, detail: some(extra) }] : []),
  ];
};

const versionsOf = (versions = new Map<string, number>()): string[] =>
  [...versions].map(([id, version]) => `${id}:${version}`);

const isCheckedId = (truth: Truth, version: string, isChecked: (thought: Thought) => boolean): boolean => {
  const thought = truth.thoughts.find(({ id }) => version.startsWith(id));
  return thought === undefined || isChecked(thought);
};

const differences = (expected: Set<string>, found: Set<string>): string => {
  const missing = [...expected].filter((id) => !found.has(id));
  const extra = [...found].filter((id) => !expected.has(id));
  const some = (ids: string[]) => ids.slice(0, 3).join(' ');
  return `${missing.length} missing ${some(missing)}; ${extra.length} too many ${some(extra)}`;
};
