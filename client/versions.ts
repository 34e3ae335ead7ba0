import { itemOf, versionOf } from './numbered.ts';
import { Recent } from './recent.ts';
import type { NumberedEvent } from './types.ts';

/** How many thoughts and messages are remembered with their versions. */
const MAX_VERSIONS = 4_000;

interface Version {
  /** The version up to which the numbers of this item's changes are explained. */
  counted: number;
  /** The latest version that the app has, or was told to read. */
  shown: number;
  /** The channels by which the version came when it was only told as a gap. Lists of other channels may still lack it. */
  missedBy?: string[] | undefined;
}

/** The millisecond in which a UUIDv7 was made. */
const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** Which versions of thoughts and messages the app has. */
export class Versions {
  readonly #versions = new Recent<Version>(MAX_VERSIONS);

  /** Notes a version that the app has. @param isCounted whether the numbers of its changes up to this one are explained */
  note(id: string, version: number, isCounted: boolean): void {
    this.#note(id, version, isCounted).missedBy = undefined;
  }

  /** Notes that the app must read a version anew. @returns false when the app has it, or was told before for these channels */
  noteMissed(event: NumberedEvent): boolean {
    const missedBy = this.#versions.get(itemOf(event))?.missedBy;
    const isNews = missedBy !== undefined && event.channels.some((channel) => !missedBy.includes(channel));
    if (this.isShown(event) && !isNews) return false;
    this.#note(itemOf(event), versionOf(event), true).missedBy = [...(missedBy ?? []), ...event.channels];
    return true;
  }

  /** Whether the app has a newer version of this item. */
  isOld(id: string, version: number): boolean {
    return version < (this.#versions.get(id)?.shown ?? 0);
  }

  isShown(event: NumberedEvent): boolean {
    return versionOf(event) <= (this.#versions.get(itemOf(event))?.shown ?? 0);
  }

  /** How many earlier changes of the same item, made after the author's last known change, this version replaces. */
  replacedBy(event: NumberedEvent, lastAt: number): number {
    const counted = this.#versions.get(itemOf(event))?.counted ?? 0;
    if (counted > 0) return Math.max(0, versionOf(event) - counted - 1);
    // The first versions of an older item may have numbers before the missing ones, so they explain nothing.
    return timeOfId(itemOf(event)) > lastAt ? versionOf(event) - 1 : 0;
  }

  #note(id: string, version: number, isCounted: boolean): Version {
    let known = this.#versions.get(id);
    if (!known) {
      known = { counted: 0, shown: 0, missedBy: undefined };
      this.#versions.set(id, known);
    }
    if (version > known.shown) known.shown = version;
    if (isCounted && version > known.counted) known.counted = version;
    return known;
  }
}
