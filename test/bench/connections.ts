import pMap from 'p-map';
import { WebSocket } from 'ws';
import type { ThoughtEvent } from '../../client/index.ts';
import { RunningStack } from '../../local/run-stack.ts';
import { Api } from '../../tools/support/api.ts';
import { percentile, printFigure, waitFor } from '../../tools/support/measure.ts';

const USERS = 50;
const EACH = 20;
const POSTS = 10;
const WITHIN_MS = 15_000;

const running = await RunningStack.start();
const sockets: WebSocket[] = [];
try {
  const { stack } = running;
  const author = await Api.login(stack, 'author');
  await author.post('The first');
  const users = await pMap(
    Array.from({ length: USERS }, (_, at) => `listener_${at}`),
    async (name) => {
      const user = await Api.login(stack, name);
      await user.follow('author');
      return user;
    },
    { concurrency: 8 },
  );
  const { memoryBytes: before } = await running.figures();
  const arrivals = new Map<WebSocket, { id: string; at: number }[]>();
  const postedAt = new Map<string, number>();
  const open = async (user: Api) => {
    const socket = new WebSocket(`${stack.websocket}?ticket=${await user.ticket()}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    arrivals.set(socket, []);
    sockets.push(socket);
    socket.on('message', (data) => {
      const { type, events } = JSON.parse(String(data)) as { type: string; events: ThoughtEvent[] };
      if (type !== 'events') return;
      for (const { thoughtId: id } of events) arrivals.get(socket)?.push({ id, at: performance.now() });
    });
  };
  // One user's connections one after the other: they all change the same presence.
  await pMap(
    users,
    async (user) => {
      for (let n = 0; n < EACH; n++) await open(user);
    },
    { concurrency: 8 },
  );
  printFigure('connections.open', sockets.length, 'connections');
  const { memoryBytes: after } = await running.figures();
  printFigure('connections.memory_each', (after - before) / sockets.length / 1024, 'KiB');

  // Each when the one before is everywhere: what is measured is the way to a thousand sockets, and no queue.
  const startedAt = performance.now();
  for (let n = 1; n <= POSTS; n++) {
    const before = performance.now();
    const { body } = await author.post(`Number ${n}`);
    postedAt.set(body.id, before);
    const isEverywhere = () => [...arrivals.values()].every((list) => list.length >= n);
    await waitFor('every connection to hear it', isEverywhere, WITHIN_MS).catch(() => {});
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const starved = [...arrivals.values()].filter((list) => list.length < POSTS).length;
  const times = [...arrivals.values()].flat().map(({ id, at }) => at - (postedAt.get(id) ?? at));
  printFigure('connections.starved', starved, 'connections');
  printFigure('connections.frames_delivered', times.length, 'frames');
  printFigure('connections.frames_per_second', times.length / seconds, '1/s');
  printFigure('connections.post_to_frame_p50', percentile(times, 50), 'ms');
  printFigure('connections.post_to_frame_p99', percentile(times, 99), 'ms');
  if (starved > 0) process.exitCode = 1;
} finally {
  for (const socket of sockets) socket.terminate();
  await running.stop();
}
