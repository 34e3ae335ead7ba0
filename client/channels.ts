import { isConversation, isTopic } from './numbered.ts';
import { NEVER } from './timings.ts';
import type { ClientFrame, ResumeFrom } from './types.ts';

/** What the client wants of one channel, and from where it is to be replayed. */
export interface Channel {
  /** As the server spells it, once it has answered. */
  name: string;
  isWanted: boolean;
  /** The newest id that has come. */
  newest: string;
  /** All before this id has come: the server had missed no push then. Empty: nothing has begun yet. */
  sure: string;
  /** `newest` when the server was asked last; it is `sure` when the answer names no missed push. */
  mark: string;
  /** Nothing is missing: subscribed on the present connection, and replayed. */
  isWhole: boolean;
  /** A replay is wanted from here. */
  need: string | undefined;
  replay: { link: number; from: string; page: string | undefined; startedAt: number } | undefined;
  /** The oldest item of its list that the app has read; empty when the list was. Undefined: the app has read none of it. */
  readFrom: string | undefined;
  /** How often the server could not do it, and when to try again. */
  failures: number;
  retryAt: number;
  /** When to replay once more, because the list may have been late at the subscription. Infinity: not needed. */
  settleAt: number;
  /** The app's calls that wait for it. */
  calls: number[];
}

/** These channels have every change of the authors they bring; on the others numbers are missing by rights. */
const COMPLETE = ['timeline', 'all'];

/** Those bring authors nobody follows, so a change of an older thought may have been missed. */
export const bringsUnfollowed = (name: string): boolean => name === 'all' || isTopic(name);

export const isComplete = (name: string): boolean =>
  COMPLETE.includes(name) || name.startsWith('author:') || isConversation(name);

/** These a connection hears without asking. */
export const comesByItself = (name: string): boolean => name === 'timeline' || isConversation(name);

/** No id is greater. */
const LAST_ID = 'g';

const later = (a: string, b: string): string => (a > b ? a : b);

/** The smallest UUIDv7 of a millisecond. */
export const idAt = (ms: number): string => {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

/** Every channel that is wanted, or was until a moment ago, by its name. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  /** Spellings of the app's that the server has another for. */
  readonly #aliases = new Map<string, string>();

  constructor(names: string[], since: string | undefined) {
    for (const name of ['timeline', ...names]) this.want(name, since);
  }

  *[Symbol.iterator](): IterableIterator<Channel> {
    yield* this.#channels.values();
  }

  get(name: string): Channel | undefined {
    return this.#channels.get(this.#aliases.get(name) ?? name);
  }

  isWanted(name: string): boolean {
    return this.get(name)?.isWanted === true;
  }

  want(name: string, since?: string): Channel {
    const known = this.get(name);
    if (known) {
      known.isWanted = true;
      return known;
    }
    const channel: Channel = {
      name,
      isWanted: true,
      newest: since ?? '',
      sure: since ?? '',
      mark: '',
      isWhole: false,
      need: undefined,
      replay: undefined,
      readFrom: undefined,
      failures: 0,
      retryAt: 0,
      settleAt: NEVER,
      calls: [],
    };
    this.#channels.set(name, channel);
    return channel;
  }

  /** The server has another spelling of it. @returns the channel that goes by that */
  rename(asked: string, name: string): Channel | undefined {
    const channel = this.get(asked);
    if (!channel || asked === name) return channel;
    const known = this.#channels.get(name);
    this.#aliases.set(asked, name);
    this.#channels.delete(asked);
    if (known && known !== channel) {
      known.calls.push(...channel.calls);
      known.isWanted ||= channel.isWanted;
      return known;
    }
    channel.name = name;
    this.#channels.set(name, channel);
    return channel;
  }

  delete({ name }: Channel): void {
    this.#channels.delete(name);
    for (const [alias, to] of this.#aliases) if (to === name) this.#aliases.delete(alias);
  }

  /** An event has come by this channel. */
  note(name: string, itemId: string): void {
    const channel = this.#channels.get(name);
    if (channel) channel.newest = later(channel.newest, itemId);
  }

  /**
   * Notes that the app has read a part of a channel's list.
   * @returns the first and the last id of that part. The part goes to the end of the list, unless it is below what was read before
   */
  noteRead(name: string, items: { id: string }[]): [from: string, to: string] | undefined {
    const channel = this.get(name);
    if (!channel) return undefined;
    const ids = items.map(({ id }) => id).sort();
    const [from = '', to = from] = [ids[0], ids.at(-1)];
    const isBelow = channel.readFrom !== undefined && to < channel.readFrom;
    if (channel.readFrom === undefined || from < channel.readFrom) channel.readFrom = from;
    return [from, isBelow ? to : LAST_ID];
  }

  /** Nothing is certain of any channel until it has been replayed. */
  loseAll(): void {
    for (const channel of this.#channels.values()) {
      // The next check tells whether messages are missing. A replay that was under way is asked for again.
      channel.isWhole &&= isConversation(channel.name) && !channel.replay && channel.need === undefined;
      channel.replay = undefined;
    }
  }

  /** All of it has come. @param upTo nothing older than this id is to be replayed again */
  makeWhole(channel: Channel, upTo: string): void {
    channel.isWhole = true;
    channel.newest = later(channel.newest, upTo);
    channel.sure = channel.newest;
    channel.mark = '';
    channel.failures = 0;
  }

  /** Wants a replay from an id, or from before it when one is wanted from there already. */
  ask(channel: Channel, from: string): void {
    if (from < (channel.need ?? LAST_ID)) channel.need = from;
  }
}

/** So much fits into a frame of 4 KB, with some air. */
const FRAME_CHARACTERS = 3_500;
const FRAME_CHANNELS = 100;

const packed = <T>(items: T[]): T[][] => {
  const groups: T[][] = [];
  let size = FRAME_CHARACTERS;
  for (const item of items) {
    // Three bytes for a character at most: topics may be of any script.
    const text = JSON.stringify(item);
    const length = text.length + 2 * text.replace(/[ -~]/g, '').length + 1;
    const group = groups.at(-1);
    if (group && size + length <= FRAME_CHARACTERS && group.length < FRAME_CHANNELS) {
      group.push(item);
      size += length;
    } else {
      groups.push([item]);
      size = length;
    }
  }
  return groups;
};

/** As few frames as take these channels. */
export const channelFrames = <Action extends 'subscribe' | 'unsubscribe'>(action: Action, names: string[]) =>
  packed(names).map((channels) => ({ action, channels }));

export const resumeFrames = (channels: ResumeFrom[]): (ClientFrame & { action: 'resume' })[] =>
  packed(channels).map((group) => ({ action: 'resume', channels: group }));
