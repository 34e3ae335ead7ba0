import { v7 } from 'uuid';
import type { Runtime } from '../../local/aws/runtime.ts';
import { seededRandom } from '../../local/faults/random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The time, the chance and the ids of one part of a run. */
export type World = Runtime & { after(ms: number, call: () => void): () => void };

/** A source of time, chance and ids for one part of the world: the same seed and name, the same chances. */
export const worldOf = (time: VirtualTime, seed: number, name: string): World => {
  const salt = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
  const random = seededRandom(seed ^ salt);
  return { now: time.now, sleep: time.sleep, after: time.after, random, newId: () => newId(time.now(), random) };
};

/** An id as the product makes them, of virtual time and a seeded chance. */
export const newId = (msecs: number, random: () => number): string =>
  v7({ msecs, random: Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)) });
