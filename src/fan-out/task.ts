import type { Happening } from '../protocol/live-event.ts';
import { HOUR, seconds } from '../runtime.ts';
import { type Audience, keys } from '../table/keys.ts';
import type { Item, Key } from '../table/table.ts';
import { type KeyRange, rangeName } from './key-range.ts';

/** A happening on its way to a part of an audience: the whole of it at first, then what the pages before left. */
export interface Delivery {
  happening: Happening;
  audience: Audience;
  range: KeyRange;
  /** How many splits led here. Each makes the range smaller; this stops what would not end all the same. */
  depth: number;
}

export type TaskItem = Item & Delivery & { type: 'task'; expiresAt: number };

const TASK_LIFETIME = 48 * HOUR;

export const taskKey = ({ happening, audience, range }: Delivery): Key =>
  keys.fanOutTask(happening.id, audience, rangeName(range));

/** The item that makes the stream deliver this. Written twice, it is one. */
export const taskItem = (delivery: Delivery, nowMs: number): TaskItem => ({
  ...taskKey(delivery),
  type: 'task',
  ...delivery,
  expiresAt: seconds(nowMs + TASK_LIFETIME),
});

export const toDelivery = ({ happening, audience, range, depth }: TaskItem): Delivery => ({
  happening,
  audience,
  range,
  depth,
});
