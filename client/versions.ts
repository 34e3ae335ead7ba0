import { itemOf, versionOf } from './numbered.ts';
import { Recent } from './recent.ts';
import type { NumberedEvent } from './types.ts';

/** Of how many thoughts the version is remembered. */
const MAX_VERSIONS = 4_000;

interface Version {
  /** The version up to which the numbers of this thought's changes are accounted for. */
  counted: number;
  /** The latest that the app has, or was told to read. */
  shown: number;
  /** It was told as a gap only, when it came by these channels: the other lists may not have it yet. */
  missedBy?: string[] | undefined;
}

/** The millisecond in which a UUIDv7 was made. */
const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** Which versions of thoughts and messages the app has. */
export class Versions {
  readonly #versions = new Recent<Version>(MAX_VERSIONS);

  /** The app has it. @param isCounted the numbers of its changes up to this one are accounted for */
  note(id: string, version: number, isCounted: boolean): void {
    this.#note(id, version, isCounted).missedBy = undefined;
  }

  /** The app was told to read it anew. @returns false when that was told before for these channels, or it has it */
  noteMissed(event: NumberedEvent): boolean {
    const missedBy = this.#versions.get(itemOf(event))?.missedBy;
    const isNews = missedBy !== undefined && event.channels.some((channel) => !missedBy.includes(channel));
    if (this.isShown(event) && !isNews) return false;
    this.#note(itemOf(event), versionOf(event), true).missedBy = [...(missedBy ?? []), ...event.channels];
    return true;
  }

  /** Whether the app has a newer version of it. */
  isOld(id: string, version: number): boolean {
    return version < (this.#versions.get(id)?.shown ?? 0);
  }

  isShown(event: NumberedEvent): boolean {
    return versionOf(event) <= (this.#versions.get(itemOf(event))?.shown ?? 0);
  }

  /** How many changes of the same thought, made since the author's last known one, this version has replaced. */
  replacedBy(event: NumberedEvent, lastAt: number): number {
    const counted = this.#versions.get(itemOf(event))?.counted ?? 0;
    if (counted > 0) return Math.max(0, versionOf(event) - counted - 1);
    // An older thought's first versions may lie before what is missing, so they explain nothing.
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
