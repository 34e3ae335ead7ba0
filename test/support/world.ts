import { RateLimiter } from '../../src/runtime/rate-limiter.ts';
import { readSettings, type Settings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import type { Item, Table } from '../../src/table/table.ts';
import type { NewThought, Thought } from '../../src/thoughts/thought.ts';
import type { ThoughtStore } from '../../src/thoughts/thought-store.ts';
import { FrameLimiter } from '../../src/websocket/frame-limiter.ts';
import { TestRuntime } from './test-runtime.ts';

/** Where a contract's tables come from; each call gives an empty one. */
export type MakeTable = () => Promise<Table>;

export const SETTINGS: Settings = readSettings({ TABLE_NAME: 'test' });

/** As fast as it goes. */
export const NO_RATE_LIMIT = new RateLimiter({ perSecond: 0, runtime: { now: Date.now, sleep: async () => {} } });

/** Every store on one table, in a time that stands still until it is moved. */
export const createWorld = (table: Table, overrides: Partial<Settings> = {}, runtime = new TestRuntime()) => {
  const settings = { ...SETTINGS, ...overrides };
  const frames = new FrameLimiter({ now: runtime.now, rate: settings.limits.frames });
  return { table, runtime, settings, frames, ...createStores({ table, settings, runtime }) };
};

export type World = ReturnType<typeof createWorld>;

/** Posts a thought that must be stored. */
export const post = async (
  { thoughts }: { thoughts: ThoughtStore },
  author: string,
  text = 'a thought',
  more: Partial<NewThought> = {},
): Promise<Thought> => {
  const outcome = await thoughts.create(author, { text, ...more });
  if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
  return outcome.thought;
};

/** Everything a table holds, in the order of keys. */
export const dump = async (table: Table): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const item of table.scan()) items.push(item);
  const place = ({ pk, sk }: Item) => `${pk}\n${sk}`;
  return items.sort((a, b) => (place(a) < place(b) ? -1 : 1));
};

export const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** The first of a list that must have one. */
export const first = <T>([value]: T[]): T => {
  if (value === undefined) throw new Error('The list is empty');
  return value;
};
