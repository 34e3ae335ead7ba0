import type { Author } from './author.ts';
import { hasLeft, isKnown, itemOf, versionOf } from './numbered.ts';
import { Recent, type Remembered } from './recent.ts';
import type { Message, NumberedEvent, Thought } from './types.ts';

/** How many thoughts and messages are remembered with their versions. */
const MAX_VERSIONS = 20_000;
/** Milliseconds: a page may be 2 s late, and its answer may take as long as an app waits. */
const PAGE_LATE_MS = 10_000;

interface Version extends Remembered {
  /** The version up to which the numbers of this item's changes are explained. */
  counted: number;
  /** The number of that version. */
  countedSeq: number;
  /** The latest version that the app has, or was told to read. */
  shown: number;
  /** The lists that have this version: by an event, by a reading, or because the app was told to read them. Undefined: all. */
  lists: string[] | undefined;
  /** The lists by whose event the app was given this version. */
  givenBy: string[];
  /** When each other list first told of it, by the machine's clock. */
  told: Map<string, number> | undefined;
}

/** The millisecond in which a UUIDv7 was made. */
const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The app has this version now, and in no list yet. */
const show = (known: Version, version: number): void => {
  if (version <= known.shown) return;
  Object.assign(known, { shown: version, lists: [], givenBy: [], told: undefined });
};

/** The numbers of this item's changes are explained up to this version. */
const count = (known: Version, version: number, seq: number): void => {
  if (version > known.counted) Object.assign(known, { counted: version, countedSeq: seq });
};

/** Which versions of thoughts and messages the app has. */
export class Versions {
  readonly #versions = new Recent<Version>(MAX_VERSIONS);

  /**
   * Notes a version that is given as an event, for the lists that the event names. A deletion is for all.
   * @param givenBy the lists by which it came
   */
  noteGiven(event: NumberedEvent, givenBy: string[]): void {
    const known = this.#get(itemOf(event));
    const version = versionOf(event);
    count(known, version, event.seq);
    // The app is not given what an unknown event shows.
    if (version < known.shown || !isKnown(event)) return;
    known.shown = version;
    known.lists = event.type.endsWith('.deleted') ? undefined : [...event.channels];
    known.givenBy = givenBy;
    known.told = undefined;
  }

  /** Whether this version was given or read in other lists only than those by which it comes now. */
  isElsewhere(event: NumberedEvent): boolean {
    const known = this.#versions.get(itemOf(event));
    const { lists } = known ?? {};
    return known?.shown === versionOf(event) && event.channels.some((list) => lists?.includes(list) === false);
  }

  /**
   * Notes a version that the app has read.
   * @param list the channel of the list in which it was read
   * @param isCounted whether the numbers of its changes up to this one are explained
   */
  noteRead({ id, version, seq }: Thought | Message, list: string | undefined, isCounted: boolean): void {
    const known = this.#get(id);
    if (isCounted) count(known, version, seq);
    if (version < known.shown) return;
    show(known, version);
    if (list !== undefined) known.lists?.push(list);
  }

  /**
   * Notes that the app must read a version anew in the lists by which it came. In other lists it may come later, and is told again then.
   * @returns those that lack it, and were not told of it before
   */
  noteMissed(event: NumberedEvent): string[] {
    const known = this.#get(itemOf(event));
    const version = versionOf(event);
    count(known, version, event.seq);
    show(known, version);
    const lacking = event.channels.filter((list) => known.lists?.includes(list) === false);
    known.lists?.push(...lacking);
    return lacking;
  }

  /** Notes which lists tell of a version that the app has already. @param at by the machine's clock */
  noteTold(event: NumberedEvent, at: number): void {
    const known = this.#versions.get(itemOf(event));
    if (known?.shown !== versionOf(event)) return;
    for (const list of event.channels) {
      // A page of a topic that this version has left does not have it.
      if (known.givenBy.includes(list) || known.told?.has(list) || hasLeft(event, list)) continue;
      known.told ??= new Map();
      known.told.set(list, at);
    }
  }

  /**
   * Notes what a list lacks in the part that the app has read, because its fan-out is late.
   * @param present the ids in that part
   * @param now by the machine's clock
   * @returns whether the list has just told of any of that: then the page was late, and nothing tells of it again
   */
  noteAbsent(list: string, [from, to]: [from: string, to: string], present: Set<string>, now: number): boolean {
    let isPageLate = false;
    for (const [id, known] of this.#versions) {
      if (id < from || id > to || present.has(id) || !known.lists?.includes(list)) continue;
      known.lists = known.lists.filter((one) => one !== list);
      isPageLate ||= (known.told?.get(list) ?? 0) > now - PAGE_LATE_MS;
    }
    return isPageLate;
  }

  /** The lists that have the version which the app has now, as far as they are known. */
  listsOf(event: NumberedEvent): string[] {
    return this.#versions.get(itemOf(event))?.lists ?? [];
  }

  /** Whether the app has read this version, or a newer one, in a list. */
  isRead(event: NumberedEvent, list: string): boolean {
    const known = this.#versions.get(itemOf(event));
    return this.isShown(event) && known?.lists?.includes(list) !== false;
  }

  /** The items behind this id that a list has, as far as they are remembered. */
  idsIn(list: string, from: string): string[] {
    return [...this.#versions].flatMap(([id, { lists }]) => (id > from && lists?.includes(list) ? [id] : []));
  }

  /** Whether the app has a newer version of this item. */
  isOld(id: string, version: number): boolean {
    return version < (this.#versions.get(id)?.shown ?? 0);
  }

  isShown(event: NumberedEvent): boolean {
    return versionOf(event) <= (this.#versions.get(itemOf(event))?.shown ?? 0);
  }

  /**
   * How many numbers this version explains: its own, and those of the versions that it replaces and that were made after the author's
   * last known change. When numbers were given up meanwhile, those versions may have been among them.
   */
  numbersOf(event: NumberedEvent, { lastAt, lostTo }: Author): number {
    // The app is not given what this event shows, so it replaces nothing.
    if (!isKnown(event)) return 1;
    const { counted = 0, countedSeq = 0 } = this.#versions.get(itemOf(event)) ?? {};
    if (counted > 0) return countedSeq < lostTo ? 1 : Math.max(1, versionOf(event) - counted);
    // The first versions of an older item may have numbers before the missing ones, so they explain nothing.
    return timeOfId(itemOf(event)) > lastAt ? versionOf(event) : 1;
  }

  #get(id: string): Version {
    return (
      this.#versions.get(id) ??
      this.#versions.add(id, {
        counted: 0,
        countedSeq: 0,
        shown: 0,
        lists: [],
        givenBy: [],
        told: undefined,
        isUsed: false,
      })
    );
  }
}
