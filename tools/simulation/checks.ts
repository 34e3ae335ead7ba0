import { type EdgeItem, toEdge } from '../../src/follows/edge.ts';
import type { Item } from '../../src/table/table.ts';
import { isVisible, type Thought } from '../../src/thoughts/thought.ts';
import { audit } from '../table/audit.ts';
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

/** What was answered 201 is stored, as it was answered or changed since. */
export const checkStored = (truth: Truth, history: History): void => {
  const stored = new Map(truth.thoughts.map((thought) => [thought.id, thought]));
  for (const { thought, deletedAt } of history.thoughts.values()) {
    const found = stored.get(thought.id);
    const isExpiring = thought.expiresAt !== undefined;
    if (!found && !isExpiring)
      history.violate('lost', `${thought.id} of ${thought.author} was answered and is nowhere`);
    if (found && found.version < thought.version) history.violate('lost', `an edit of ${thought.id} is nowhere`);
    if (found && deletedAt !== undefined && found.deletedAt === undefined) {
      history.violate('lost', `the delete of ${thought.id} is nowhere`);
    }
  }
};

/** What is derived follows from its source, and nothing is left under way. */
export const checkDerived = (items: Item[], now: number, retentionMs: number, history: History): void => {
  for (const { rule, item, detail } of audit(items, { now, retentionMs })) {
    history.violate(`audit_${rule}`, `${item}: ${detail}`);
  }
};

/** A list that is read page by page is its definition. */
export const checkPages = async (truth: Truth, people: Person[], history: History): Promise<void> => {
  for (const person of people) {
    const limit = 1 + ((person.name.length * 7) % 40);
    const read = await person.list('timeline', limit, 1_000);
    const found = (read?.items ?? []).map(({ id, version }) => `${id}:${version}`);
    const expected = truth.list('timeline', person.name).map(({ id, version }) => `${id}:${version}`);
    if (found.join() !== expected.join()) {
      history.violate('page', `${person.name}'s timeline: ${differences(new Set(expected), new Set(found))}`);
    }
  }
};

/** What an app shows is what its lists hold, as far down as it has read them. */
export const checkViews = (
  truth: Truth,
  people: Person[],
  history: History,
  isExcused: (person: string, channel: string, author: string) => boolean,
): void => {
  for (const person of people) {
    for (const { app, device } of person.devices) {
      if (!app || app.isReplaced) continue;
      if (!app.isLive) {
        history.violate('not_live', `${device.name} is not connected in the end`);
        continue;
      }
      const given = history.listening.find((one) => one.app === app)?.events ?? new Set<string>();
      const anywhere = given.union(
        new Set(app.channels.flatMap((channel) => versionsOf(app.shown(channel)?.versions))),
      );
      for (const channel of app.channels) {
        const shown = app.shown(channel);
        const kind = channel.split(':')[0];
        if (!shown) {
          history.violate('view_unread', `${device.name} never read ${channel}`);
          continue;
        }
        const isChecked = ({ author, id }: Thought) =>
          id > shown.floor &&
          !(channel !== 'timeline' && history.barred.has(`${person.name} ${author}`)) &&
          !isExcused(person.name, channel, author);
        const expected = truth.list(channel, person.name).filter(isChecked);
        const wanted = new Set(expected.map(({ id, version }) => `${id}:${version}`));
        // An event that comes by two channels is given once; on which lists it goes, the first push alone says.
        const missing = [...wanted].filter((id) => !anywhere.has(id));
        const extra = versionsOf(shown.versions).filter((id) => !wanted.has(id) && isCheckedId(truth, id, isChecked));
        const some = (ids: string[]) => `${ids.length}: ${ids.slice(0, 3).join(' ')}`;
        if (missing.length > 0) history.violate(`view_misses_${kind}`, `${device.name} ${channel} ${some(missing)}`);
        if (extra.length > 0) history.violate(`view_keeps_${kind}`, `${device.name} ${channel} ${some(extra)}`);
      }
    }
  }
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
