import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { seededRandom } from './random.ts';

const Rate = z.number().min(0).max(1).default(0);

/** How likely each fault is, each time that it could happen. */
export const Faults = z.strictObject({
  /** Of the event source mapping. */
  stream: z
    .strictObject({ duplicate: Rate, delay: Rate, crashBefore: Rate, crashAfter: Rate, timeout: Rate })
    .prefault({}),
  /** Of DynamoDB, as the functions see it. */
  dynamodb: z
    .strictObject({
      throttle: Rate,
      unprocessed: Rate,
      conflict: Rate,
      fail: Rate,
      /** Its own rules, not by chance: the same that the simulation has. */
      rules: z
        .strictObject({
          conflicts: z.boolean().default(false),
          keyWrites: z.number().min(0).default(0),
          tableWrites: z.number().min(0).default(0),
        })
        .prefault({}),
    })
    .prefault({}),
  /** Of the engine itself, which is killed and started again. It must keep its data in a folder (`--data`). */
  engine: z.strictObject({ restart: Rate }).prefault({}),
  /** Of @connections and the sockets. */
  sockets: z
    .strictObject({
      gone: Rate,
      tooLarge: Rate,
      throttle: Rate,
      fail: Rate,
      hang: Rate,
      cut: Rate,
      swallow: Rate,
      noDisconnect: Rate,
    })
    .prefault({}),
  /** Records after which a shard is split; 0: never. */
  splitShardEvery: z.int().min(0).default(0),
});
export type Faults = z.infer<typeof Faults>;

/** @throws Error that names what is wrong in the file */
export const readFaults = (path: string): Faults => {
  const result = Faults.safeParse(parse(readFileSync(path, 'utf8')) ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`${path}: ${faults.join('; ')}`);
};

/** Decides which faults happen: by chance, from a seed, so that a run can be run again. Counts what it did. */
export class Injector {
  readonly faults: Faults;
  readonly random: () => number;
  readonly counts: Record<string, number> = {};
  /** Off: nothing happens any more, so that a run can come to rest. */
  isOn = true;

  constructor(faults: Faults, seed: number) {
    this.faults = faults;
    this.random = seededRandom(seed);
  }

  /** Whether a fault of this name happens now. */
  happens(name: string, rate: number): boolean {
    if (!this.isOn || rate === 0 || this.random() >= rate) return false;
    this.count(name);
    return true;
  }

  count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}
