import { v7 } from 'uuid';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import type { Settings } from '../../../src/settings.ts';
import type { Table } from '../../../src/table/table.ts';
import type { System } from './load-system.ts';

const DAY = 86_400_000;

/** Which edges are delivered how: all of them in one way, or as the rule of the project says. */
export type Variant = 'entry' | 'push' | 'default';

const NEVER = Number.MAX_SAFE_INTEGER;
const DELIVERY: Record<Variant, Partial<Settings['delivery']>> = {
  entry: { pushPostsPerDay: NEVER, pushFollowers: NEVER },
  push: { pushPostsPerDay: -1, pushFollowers: -1 },
  // Half of the authors post more often than this, so that edges change their kind.
  default: { pushPostsPerDay: 0.4, pushFollowers: 2, maxPushEdges: 2 },
};

export interface Days {
  active: number;
  retention: number;
  entry: number;
}

interface Surroundings {
  system: System;
  table: Table;
  variant: Variant;
  /** The true time. */
  now: () => number;
  random: () => number;
}

/** A process of the functions, with a clock of its own. */
export const createHost = (around: Surroundings, clockMs: number, days: Days) => {
  const { system, table, variant, random } = around;
  const now = () => around.now() + clockMs;
  let count = 0;
  const runtime: Runtime = {
    now,
    random,
    sleep: async () => {},
    newId: () =>
      v7({ msecs: now(), seq: ++count, random: Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)) }),
    newSecret: () => `secret-${++count}`,
  };
  const known = system.readSettings({ TABLE_NAME: 'model' });
  const settings: Settings = {
    ...known,
    timelines: {
      ...known.timelines,
      activeMs: days.active * DAY,
      retentionMs: days.retention * DAY,
      entryMs: days.entry * DAY,
    },
    delivery: { ...known.delivery, ...DELIVERY[variant] },
    fanOut: { pageSize: 1, width: 2 },
  };
  const stores = system.createStores({ table, settings, runtime });
  const fanOut = new system.FanOut({ ...stores, table, runtime, settings: settings.fanOut });
  return { ...stores, fanOut, resumer: new system.Resumer(stores), runtime };
};

export type Host = ReturnType<typeof createHost>;

/**
 * How settings change without a loss. A retention is lowered at once, and what entries live in the next step. To raise it,
 * entries live longer first; it follows when no thought that is relied on then has an entry from before.
 */
export class Deployments {
  days: Days = { active: 30, retention: 30, entry: 31 };
  #entryRaisedAt = Number.NEGATIVE_INFINITY;
  readonly #waitDays: (before: Days, retention: number) => number;

  /** @param waitDays how long to wait from the first step of a raise to the second */
  constructor(waitDays: (before: Days, retention: number) => number = (_, retention) => retention + 1) {
    this.#waitDays = waitDays;
  }

  /** Goes one step towards what is wanted. */
  step(now: number, active: number, retention: number): void {
    const before = this.days;
    if (retention < before.retention) this.days = { ...before, active, retention };
    else if (retention === before.retention) this.days = { active, retention, entry: retention + 1 };
    else if (before.entry < retention + 1) {
      this.#entryRaisedAt = now;
      this.#before = before;
      this.days = { ...before, active, entry: retention + 1 };
    } else if (now - this.#entryRaisedAt >= this.#waitDays(this.#before, retention) * DAY) {
      this.days = { ...before, active, retention };
    }
  }

  #before: Days = this.days;
}
