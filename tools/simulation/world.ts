import { v7 } from 'uuid';
import type { Runtime } from '../../local/aws/runtime.ts';
import { seededRandom } from '../../local/faults/random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Time, randomness and ids for one part of a run. */
export type World = Runtime & { after(ms: number, call: () => void): () => void };

/** Makes the time, randomness and ids of one part. The same seed and name give the same random numbers. */
export const worldOf = (time: VirtualTime, seed: number, name: string): World => {
  const salt = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
  const random = seededRandom(seed ^ salt);
  return { now: time.now, sleep: time.sleep, after: time.after, random, newId: () => newId(time.now(), random) };
};

/** Makes an id in the product's format (UUIDv7) from virtual time and seeded random numbers. */
export const newId = (msecs: number, random: () => number): string => {
  const bytes = new Uint8Array(16);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(random() * 256);
  return v7({ msecs, random: bytes });
};
