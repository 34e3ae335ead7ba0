import { readFileSync } from 'node:fs';
import pMap from 'p-map';
import { WebSocket } from 'ws';
import type { ThoughtEvent } from '../../client/index.ts';
import { RunningStack } from '../../local/run-stack.ts';
import { Api } from '../../tools/support/api.ts';
import { percentile, waitFor } from '../../tools/support/measure.ts';

const USERS = 50;
const EACH = 20;
const POSTS = 20;

const print = (name: string, value: number, unit: string): void => {
  process.stdout.write(`${name} ${Math.round(value * 100) / 100} ${unit}\n`);
};

/** The resident memory of a process, in KiB. Linux only. */
const residentKib = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
};

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
  const before = residentKib(stack.pid);
  const arrivals = new Map<WebSocket, number[]>();
  const postedAt = new Map<string, number>();
  const open = async (user: Api) => {
    const socket = new WebSocket(`${stack.websocket}?ticket=${await user.ticket()}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    arrivals.set(socket, []);
    sockets.push(socket);
    socket.on('message', (data) => {
      const { type, events } = JSON.parse(String(data)) as { type: string; events: ThoughtEvent[] };
      if (type !== 'events') return;
      for (const event of events) arrivals.get(socket)?.push(performance.now() - (postedAt.get(event.thoughtId) ?? 0));
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
  print('connections.open', sockets.length, 'connections');
  print('connections.memory_each', (residentKib(stack.pid) - before) / sockets.length, 'KiB');

  for (let n = 0; n < POSTS; n++) {
    const startedAt = performance.now();
    const { body } = await author.post(`Number ${n}`);
    postedAt.set(body.id, startedAt);
  }
  const isWhole = () => [...arrivals.values()].every((list) => list.length >= POSTS);
  await waitFor('every connection to hear every thought', isWhole, 60_000).catch(() => {});
  const starved = [...arrivals.values()].filter((list) => list.length < POSTS).length;
  const times = [...arrivals.values()].flat();
  print('connections.starved', starved, 'connections');
  print('connections.frames_delivered', times.length, 'events');
  print('connections.post_to_frame_p50', percentile(times, 50), 'ms');
  print('connections.post_to_frame_p99', percentile(times, 99), 'ms');
  if (starved > 0) process.exitCode = 1;
} finally {
  for (const socket of sockets) socket.terminate();
  await running.stop();
}
