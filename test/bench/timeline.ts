import { startEngine } from '../../local/dynamodb/start-engine.ts';
import { connectTable } from '../../src/dynamodb/client.ts';
import { edgeAttributes } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import { realRuntime } from '../../src/runtime/runtime.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import type { Item, Table } from '../../src/table/table.ts';
import { headWrite, toHead } from '../../src/thoughts/author-head.ts';
import { firstIdAt, type Thought } from '../../src/thoughts/thought.ts';
import { thoughtItem } from '../../src/thoughts/thought-items.ts';
import { percentile, printFigure } from '../../tools/support/measure.ts';
import { freshTable } from '../support/real-table.ts';
import { readFirstPage } from './support/first-reader.ts';

const FOLLOWS = [20, 200, 2_000];
const THOUGHTS_EACH = 6;
const ROUNDS = Number(process.env.ROUNDS ?? 100);
const LIMIT = 20;
const DEEP_PAGE = 5;
const DAY = 86_400_000;
/** Six thoughts in so many days are too few for an edge of the kind `push`, so a review leaves the edges as they are. */
const DAYS = 24;
const SINCE_DAYS = 28;
const SETTINGS = readSettings({ TABLE_NAME: 'any' });

const ENVIRONMENT = { AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

interface Scene {
  reader: string;
  follows: number;
}

const authorName = (at: number): string => `author_${at}`;

/** Authors with their thoughts and heads, the same for all readers. */
const seedAuthors = async (table: Table, now: number): Promise<Thought[]> => {
  const thoughts: Thought[] = [];
  const heads = [];
  for (let at = 0; at < Math.max(...FOLLOWS); at++) {
    let head = toHead(authorName(at), undefined);
    for (let seq = 1; seq <= THOUGHTS_EACH; seq++) {
      const createdAt = Math.floor(now - DAYS * DAY * (1 - seq / (THOUGHTS_EACH + 1)) + at * 7);
      const id = firstIdAt(createdAt).replace(/.{12}$/, String(at).padStart(12, '0'));
      const text = 'A thought of the length that people write when they write something short.';
      thoughts.push({ id, author: authorName(at), text, topics: [], createdAt, version: 1, seq });
      const write = headWrite(head, { created: id, counted: 1 });
      if (!('update' in write)) throw new Error('A head is updated');
      head = toHead(authorName(at), { ...write.update, ...write.set } as never);
      if (seq === THOUGHTS_EACH) heads.push({ put: { ...write.update, ...write.set } as Item });
    }
  }
  await table.batchWrite(
    [...heads, ...thoughts.map((thought) => ({ put: thoughtItem(thought, SETTINGS.feedShards) }))],
    {
      deadline: Number.POSITIVE_INFINITY,
    },
  );
  return thoughts;
};

/** A reader of so many authors. Warm: with an entry of each thought. Cold: with none, so that every list is opened. */
const seedReader = async (
  table: Table,
  { reader, follows }: Scene,
  thoughts: Thought[],
  isWarm: boolean,
  now: number,
) => {
  const since = now - SINCE_DAYS * DAY;
  const edges = Array.from({ length: follows }, (_, at): Item => {
    const edge = { follower: reader, author: authorName(at), muted: false, since, warmFrom: since };
    return {
      ...keys.following(reader, authorName(at)),
      type: 'following',
      ...edgeAttributes({ ...edge, delivery: 'entry' }),
    };
  });
  const entriesFrom = isWarm ? since : now;
  const presence = { username: reader, entriesFrom, entriesUntil: now + 29.5 * DAY, connections: [], version: 1 };
  const authors = new Set(edges.map((_, at) => authorName(at)));
  const entries = thoughts
    .filter(({ author }) => authors.has(author))
    .map(({ id, author }): Item => ({ ...keys.timelineEntry(reader, id), type: 'timeline-entry', author }) as Item);
  const items = [...edges, { ...keys.presence(reader), type: 'presence', ...presence } as Item, ...entries];
  await table.batchWrite(
    items.map((put) => ({ put })),
    { deadline: Number.POSITIVE_INFINITY },
  );
};

const engine = await startEngine({ port: 0 });
Object.assign(process.env, ENVIRONMENT);
try {
  // The functions' own client: the SDK's default one spends more on its log than on all else.
  process.env.AWS_ENDPOINT_URL_DYNAMODB = engine.endpoint;
  const table = connectTable((await freshTable(engine.endpoint)).name);
  const now = Date.now();
  const thoughts = await seedAuthors(table, now);
  const took = new Map<string, number[]>();
  const measure = async (name: string, work: () => Promise<{ length: number }>) => {
    const [startedAt, cpuBefore] = [performance.now(), process.threadCpuUsage()];
    const { length } = await work();
    const ms = performance.now() - startedAt;
    // Of this thread, which is what a function does: the engine has a thread of its own.
    const { user, system } = process.threadCpuUsage(cpuBefore);
    if (length !== LIMIT) throw new Error(`${name} has ${length} thoughts`);
    took.set(name, [...(took.get(name) ?? []), ms]);
    const cpu = `${name}.cpu`;
    took.set(cpu, [...(took.get(cpu) ?? []), (user + system) / 1000]);
  };
  /** Each request finds a cache of thoughts that knows none of them, as another environment would. */
  const page = async (reader: string, after?: string) => {
    const { reader: timelines } = createStores({ table, settings: SETTINGS, runtime: realRuntime });
    return (await timelines.timelinePage(reader, { limit: LIMIT, after })).thoughts;
  };
  for (const follows of FOLLOWS) {
    const [warm, cold] = [`warm_${follows}`, `cold_${follows}`];
    await seedReader(table, { reader: warm, follows }, thoughts, true, now);
    await seedReader(table, { reader: cold, follows }, thoughts, false, now);
    let deep: string | undefined;
    for (let at = 1; at < DEEP_PAGE; at++) deep = (await page(warm, deep)).at(-1)?.id;
    for (let round = -3; round < ROUNDS; round++) {
      await measure(`first_${follows}`, () => readFirstPage(table, warm, LIMIT));
      await measure(`warm_${follows}`, () => page(warm));
      await measure(`cold_${follows}`, () => page(cold));
      await measure(`deep_${follows}`, () => page(warm, deep));
      await measure(`first_deep_${follows}`, () => readFirstPage(table, warm, LIMIT, deep));
      // What is compiled on the way counts for none of them.
      if (round < 0) took.clear();
    }
    for (const [name, list] of took) {
      printFigure(`timeline.${name}.p50`, percentile(list, 50), 'ms');
      printFigure(`timeline.${name}.p99`, percentile(list, 99), 'ms');
    }
    const ratio = (one: string, other: string) =>
      percentile(took.get(`${one}_${follows}`) ?? [], 50) / percentile(took.get(`${other}_${follows}`) ?? [], 50);
    printFigure(`timeline.warm_vs_first_${follows}`, ratio('warm', 'first'), 'ratio');
    const [warmCpu = [], firstCpu = []] = [took.get(`warm_${follows}.cpu`), took.get(`first_${follows}.cpu`)];
    printFigure(`timeline.warm_vs_first_${follows}.cpu`, percentile(warmCpu, 50) / percentile(firstCpu, 50), 'ratio');
    printFigure(`timeline.cold_vs_warm_${follows}`, ratio('cold', 'warm'), 'ratio');
    printFigure(`timeline.deep_vs_first_${follows}`, ratio('deep', 'first_deep'), 'ratio');
    took.clear();
  }
} finally {
  await engine.stop();
}
process.exit();
