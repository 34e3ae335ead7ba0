import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import type { LiveClient, ThoughtEvent } from '../client/index.ts';
import { RunningStack } from '../local/run-stack.ts';
import { demoConversation } from './demo-conversation.ts';
import { Api } from './support/api.ts';
import { percentile, waitFor } from './support/measure.ts';
import { printTrace } from './support/trace-of-a-thought.ts';

const THOUGHTS = [
  'The sea is everything.',
  'Помни имя своё',
  '深い考えは静かに流れる。',
  'كل فكرة تبدأ بسؤال',
  'Grüße aus Köln, wo der Regen waagerecht fällt, die Züge Geduld lehren und der Dom niemals fertig wird.',
  '👩‍👩‍👧‍👦 families come in all sizes',
  'שלום עולם',
  'A thought that goes on for a while, because some of them do: it turns a corner, forgets what it was about, remembers it again, and in the end sits down beside you as if it had been there all the time. '
    .repeat(3)
    .trim(),
  'ไม่มีอะไรแน่นอน #philosophy',
  'x',
];

/** Who follows whom when no graph is given: bob and carol hear alice, bob hears carol, and mallory hears nobody. */
const DEFAULT_FOLLOWS: [string, string][] = [
  ['bob', 'alice'],
  ['carol', 'alice'],
];
const OUTSIDER = 'mallory';
const WAIT_MS = 15_000;

interface DemoOptions {
  thoughts?: string;
  users?: string;
  follows?: string;
  trace?: boolean;
}

interface Arrival {
  event: ThoughtEvent;
  at: number;
}

const lines = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const readGraph = ({ follows, users }: DemoOptions) => {
  const pairs = follows ? lines(follows).map((line) => line.split(/\s+/) as [string, string]) : DEFAULT_FOLLOWS;
  const named = users ? users.split(',') : [];
  const names = [...new Set([...named, ...pairs.flat(), ...(follows ? [] : [OUTSIDER])])];
  const authors = [...new Set(pairs.map(([, author]) => author))];
  return { pairs, names, authors: authors.length > 0 ? authors : names.slice(0, 1) };
};

const short = (text: string, width: number): string => {
  const characters = [...text];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : text.padEnd(width);
};

/** What each listener heard, held against what they should have. */
const judge = (expected: Map<string, string[]>, heard: Map<string, Arrival[]>) => {
  const counts = { delivered: 0, missing: 0, doubled: 0, outOfOrder: 0, leaked: 0 };
  for (const [name, arrivals] of heard) {
    const ids = arrivals.map(({ event }) => event.thoughtId);
    const wanted = expected.get(name) ?? [];
    const unique = new Set(ids);
    counts.delivered += wanted.filter((id) => unique.has(id)).length;
    counts.missing += wanted.filter((id) => !unique.has(id)).length;
    counts.doubled += ids.length - unique.size;
    counts.leaked += ids.filter((id) => !wanted.includes(id)).length;
    for (const group of Map.groupBy(arrivals, ({ event }) => event.author).values()) {
      counts.outOfOrder += group.filter(
        ({ event }, at) => at > 0 && (group[at - 1]?.event.seq ?? 0) > event.seq,
      ).length;
    }
  }
  return counts;
};

const demo = async (options: DemoOptions): Promise<void> => {
  const { pairs, names, authors } = readGraph(options);
  const thoughts = options.thoughts ? lines(options.thoughts) : THOUGHTS;
  process.stdout.write('Starting a stack of its own…\n');
  const running = await RunningStack.start();
  const clients: LiveClient[] = [];
  try {
    const users = new Map(
      await Promise.all(names.map(async (name) => [name, await Api.login(running.stack, name)] as const)),
    );
    for (const user of users.values()) await user.must('PUT', '/users/me', { name: user.username });
    for (const [follower, author] of pairs) await users.get(follower)?.follow(author);

    const heard = new Map<string, Arrival[]>();
    const posted = new Map<string, number>();
    for (const [name, user] of users) {
      if (authors.includes(name) && !pairs.some(([follower]) => follower === name)) continue;
      const arrivals: Arrival[] = [];
      heard.set(name, arrivals);
      const onEvent = (event: ThoughtEvent) => {
        arrivals.push({ event, at: performance.now() });
        process.stdout.write(`${' '.repeat(48)}→ ${name.padEnd(8)} ${short(event.thought?.text ?? '', 32)}\n`);
      };
      clients.push(user.listen({ onEvent }));
    }
    await waitFor('the listeners to connect', () => clients.every(({ state }) => state === 'live'), WAIT_MS);

    const expected = new Map<string, string[]>([...heard.keys()].map((name) => [name, []]));
    for (const [at, text] of thoughts.entries()) {
      const author = authors[at % authors.length] ?? '';
      process.stdout.write(`${author.padEnd(8)} ${short(text, 36)}\n`);
      const startedAt = performance.now();
      const { body } = (await users.get(author)?.post(text)) ?? {};
      posted.set(body.id, startedAt);
      for (const [follower, followed] of [...pairs, [author, author] as const]) {
        if (followed === author) expected.get(follower)?.push(body.id);
      }
    }
    const isWhole = () =>
      [...expected].every(([name, ids]) =>
        ids.every((id) => heard.get(name)?.some(({ event }) => event.thoughtId === id)),
      );
    await waitFor('the last arrival', isWhole, WAIT_MS).catch(() => {});

    const { delivered, missing, doubled, outOfOrder, leaked } = judge(expected, heard);
    const times = [...heard.values()].flat().map(({ event, at }) => at - (posted.get(event.thoughtId) ?? at));
    process.stdout.write(
      `\n${delivered} delivered · ${missing} missing · ${doubled} doubled · ${outOfOrder} out of order · ${leaked} leaked · POST→frame p50 ${percentile(times, 50).toFixed(0)} ms\n`,
    );
    if (missing + doubled + outOfOrder + leaked > 0) process.exitCode = 1;
    const [[listener = '', author = ''] = []] = pairs;
    if (options.trace) await traceThought(running, users.get(author), heard.get(listener));
  } finally {
    for (const client of clients) client.close();
    await running.stop();
  }
};

/** Posts one more thought when nothing else is under way, and prints each step from the POST to the follower. */
const traceThought = async (running: RunningStack, author?: Api, arrivals: Arrival[] = []): Promise<void> => {
  await running.trace();
  const startedAt = performance.now();
  const id: string = (await author?.post('One thought, step by step'))?.body.id;
  const answeredAt = performance.now();
  const arrival = () => arrivals.find(({ event }) => event.thoughtId === id);
  await waitFor('the thought', () => arrival() !== undefined, WAIT_MS);
  printTrace({ startedAt, answeredAt, arrivedAt: arrival()?.at ?? 0 }, await running.trace());
};

new Command('demo')
  .description('Posts thoughts on a stack of its own, and shows who hears them')
  .option('--thoughts <file>', 'post the lines of this file')
  .option('--users <names>', 'more users, separated by commas')
  .option('--follows <file>', 'who follows whom: two names a line, the follower first')
  .option('--trace', 'then post one thought more, and print each hop of its way')
  .option('--conversation', 'show a private conversation instead')
  .action((options: DemoOptions & { conversation?: boolean }) =>
    options.conversation ? demoConversation() : demo(options),
  )
  .parseAsync();
