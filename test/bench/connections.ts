import pMap from 'p-map';
import { WebSocket } from 'ws';
import type { ThoughtEvent } from '../../client/index.ts';
import { RunningStack } from '../../local/run-stack.ts';
import { Api } from '../../tools/support/api.ts';
import { percentile, waitFor } from '../../tools/support/measure.ts';
import { wholeNumber } from '../../tools/support/option-numbers.ts';
import { lines } from '../../tools/support/plot.ts';
import { Report } from './support/report.ts';

/** How many connections are held while thoughts flow; 10,000 of them by `--most 10000`. */
const SIZES = [1, 10, 100, 1_000, 10_000];
const USUAL_MOST = 1_000;
/** A person has 20 at most. */
const EACH = 20;
/** So many thoughts flow, or fewer when this time is over. */
const POSTS = 10;
const POST_FOR_MS = 20_000;
const WITHIN_MS = 20_000;
/** All connections together. What is not open by then stays closed, and the table says how many are. */
const OPEN_FOR_MS = 110_000;
/** The pace that production has would be what is measured. */
const UNPACED = ['--param', 'fanOutPushesPerSecond=0'];

interface Held {
  size: number;
  openMs: number;
  /** For each frame: of the stack with its engine, and of the clients. */
  stackCpuUs: number;
  clientsCpuUs: number;
  p50: number;
  p99: number;
  framesPerSecond: number;
  kibEach: number;
  starved: number;
}

const at = process.argv.indexOf('--most');
const most = at < 0 ? USUAL_MOST : wholeNumber(1)(process.argv[at + 1] ?? '');

const running = await RunningStack.start(UNPACED);
const arrivals = new Map<WebSocket, { id: string; at: number }[]>();
const users: Api[] = [];
let leftToOpenMs = OPEN_FOR_MS;
let people = 0;

const open = async (user: Api): Promise<void> => {
  const socket = new WebSocket(`${running.stack.websocket}?ticket=${await user.ticket()}`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  arrivals.set(socket, []);
  socket.on('message', (data) => {
    const { type, events } = JSON.parse(String(data)) as { type: string; events: ThoughtEvent[] };
    if (type !== 'events') return;
    for (const { thoughtId: id } of events) arrivals.get(socket)?.push({ id, at: performance.now() });
  });
};

/** More people with more connections, until there are so many. One person's connections come one after the other. */
const openUntil = async (size: number): Promise<void> => {
  const end = performance.now() + leftToOpenMs;
  const first = users.at(-1);
  const counts: [Api | undefined, number][] = [];
  let left = size - arrivals.size;
  const room = users.length * EACH - arrivals.size;
  if (first && room > 0) counts.push([first, Math.min(room, left)]);
  left -= counts[0]?.[1] ?? 0;
  for (; left > 0; left -= EACH) counts.push([undefined, Math.min(EACH, left)]);
  await pMap(
    counts,
    async ([known, count]) => {
      if (performance.now() > end) return;
      const user = known ?? (await Api.login(running.stack, `listener_${++people}`));
      if (!known) {
        await user.follow('author');
        users.push(user);
      }
      for (let n = 0; n < count; n++) await open(user);
    },
    { concurrency: 8 },
  );
};

const measure = async (author: Api, size: number, emptyBytes: number): Promise<Held> => {
  const openedAt = performance.now();
  const before = arrivals.size;
  await openUntil(size);
  const spentMs = performance.now() - openedAt;
  leftToOpenMs -= spentMs;
  const { memoryBytes, cpuMs } = await running.figures();
  const clients = process.cpuUsage();
  for (const list of arrivals.values()) list.length = 0;
  const postedAt = new Map<string, number>();
  const startedAt = performance.now();
  // Each when the one before is everywhere: what is measured is the way to the sockets, and no queue.
  let posted = 0;
  while (posted < POSTS && performance.now() - startedAt < POST_FOR_MS) {
    const n = ++posted;
    const now = performance.now();
    const { body } = await author.post(`Number ${n} to ${size}`);
    postedAt.set(body.id, now);
    const isEverywhere = () => [...arrivals.values()].every((list) => list.length >= n);
    await waitFor('every connection to hear it', isEverywhere, WITHIN_MS).catch(() => {});
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(clients);
  const stackCpuMs = (await running.figures()).cpuMs - cpuMs;
  const times = [...arrivals.values()].flat().map((arrival) => arrival.at - (postedAt.get(arrival.id) ?? arrival.at));
  return {
    size: arrivals.size,
    openMs: spentMs / (arrivals.size - before),
    stackCpuUs: (stackCpuMs * 1000) / times.length,
    clientsCpuUs: (user + system) / times.length,
    p50: percentile(times, 50),
    p99: percentile(times, 99),
    framesPerSecond: times.length / seconds,
    kibEach: (memoryBytes - emptyBytes) / arrivals.size / 1024,
    starved: [...arrivals.values()].filter((list) => list.length < posted).length,
  };
};

const report = new Report('connections');
const held: Held[] = [];
try {
  const author = await Api.login(running.stack, 'author');
  for (let n = 0; n < POSTS; n++) await author.post('To nobody yet');
  const { memoryBytes } = await running.figures();
  for (const size of SIZES.filter((each) => each <= most)) held.push(await measure(author, size, memoryBytes));
} finally {
  for (const socket of arrivals.keys()) socket.terminate();
  await running.stop();
}
for (const { size, p50, p99, framesPerSecond, kibEach, starved, openMs, stackCpuUs, clientsCpuUs } of held) {
  report.figure(`connections.held_${size}.post_to_frame_p50_ms`, p50, 'ms');
  report.figure(`connections.held_${size}.post_to_frame_p99_ms`, p99, 'ms');
  report.figure(`connections.held_${size}.frames_per_second`, framesPerSecond, '1/s');
  report.figure(`connections.held_${size}.stack_cpu_us_per_frame`, stackCpuUs, 'us');
  report.figure(`connections.held_${size}.clients_cpu_us_per_frame`, clientsCpuUs, 'us');
  report.figure(`connections.held_${size}.memory_each`, kibEach, 'KiB');
  report.figure(`connections.held_${size}.open_ms`, openMs, 'ms');
  report.figure(`connections.held_${size}.starved`, starved, 'connections');
}
report.text(
  `Connections that are held on the laptop's gateway, on the stack that \`npm start\` runs. Meanwhile an author whom all of them follow posts up to ${POSTS} thoughts, one
after the other, for ${POST_FOR_MS / 1000} s at most. Nothing paces the pushes.

- The clients are in one more process of the same machine. A person has ${EACH} connections.
- "Missed" are connections that did not hear all within ${WITHIN_MS / 1000} s.
- Memory is that of the stack's process, for each connection. CPU is for each frame, of the stack with its engine and of the clients.

\`npm run bench -- connections --most 10000\` measures all of the sizes, or as many connections as open within ${OPEN_FOR_MS / 1000} s.`,
);
report.table([
  [
    'connections',
    'POST to frame p50',
    'p99',
    'frames a second',
    'CPU of the stack',
    'of the clients',
    'memory each',
    'to open one',
    'missed',
  ],
  ...held.map(({ size, p50, p99, framesPerSecond, stackCpuUs, clientsCpuUs, kibEach, openMs, starved }) => [
    size.toLocaleString('en'),
    `${p50.toFixed(0)} ms`,
    `${p99.toFixed(0)} ms`,
    framesPerSecond.toFixed(0),
    `${stackCpuUs.toFixed(0)} µs`,
    `${clientsCpuUs.toFixed(0)} µs`,
    // With fewer connections, the garbage collector changes the heap by more than they take.
    size < 100 ? '' : `${kibEach.toFixed(0)} KiB`,
    `${openMs.toFixed(1)} ms`,
    starved,
  ]),
]);
const last = held.at(-1);
if (last) {
  report.text(
    `What bounds it is CPU: a frame to ${last.size.toLocaleString('en')} connections takes ${last.stackCpuUs.toFixed(0)} µs of the stack. One thread of it
runs the function, signs the push, takes it as the gateway and writes to the socket. Memory is no bound, nor is the limit of open files. There
are ${last.size.toLocaleString('en')} sockets in each of the two processes.`,
  );
}
const line = (label: string, pick: 'p50' | 'p99') => ({
  label,
  points: held.map((each) => ({ x: each.size, y: each[pick] })),
});
const title = 'POST to frame by connections held';
report.plot('connections', title, lines(title, ['connections', 'ms'], [line('p50', 'p50'), line('p99', 'p99')]));
report.write();
if (held.some(({ starved }) => starved > 0)) process.exitCode = 1;
