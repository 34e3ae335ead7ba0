import { setTimeout as sleep } from 'node:timers/promises';
import { RunningStack } from '../../../local/run-stack.ts';
import { Api } from '../../../tools/support/api.ts';
import { percentile, waitFor } from '../../../tools/support/measure.ts';
import { bars } from '../../../tools/support/plot.ts';
import { engineMs } from '../../../tools/support/trace-of-a-thought.ts';
import { Report } from '../support/report.ts';
import { SampleStack } from './sample-stack.ts';

const THOUGHTS = 60;
const WARM_UP = 15;
/** Thoughts come at random times, so that no poll's rhythm fits them. */
const MAX_PAUSE_MS = 60;
const WITHIN_MS = 15_000;

interface Way {
  /** Posts, and waits until the follower has it. @returns milliseconds, and how long the engine was at work if that is known */
  thought: (text: string) => Promise<{ ms: number; engineMs?: number }>;
  stop: () => Promise<void>;
}

const startOurs = async (): Promise<Way> => {
  const running = await RunningStack.start();
  const alice = await Api.login(running.stack, 'alice');
  const bob = await Api.login(running.stack, 'bob');
  await alice.post('The first');
  await bob.follow('alice');
  const arrivals = new Map<string, number>();
  const client = bob.listen({ onEvent: ({ thoughtId }) => arrivals.set(thoughtId, performance.now()) });
  await waitFor('bob to connect', () => client.state === 'live');
  return {
    thought: async (text) => {
      await running.trace();
      const startedAt = performance.now();
      const id: string = (await alice.post(text)).body.id;
      const answeredAt = performance.now();
      await waitFor('the frame', () => arrivals.has(id), WITHIN_MS);
      const arrivedAt = arrivals.get(id) ?? 0;
      const journey = { startedAt, answeredAt, arrivedAt };
      return { ms: arrivedAt - startedAt, engineMs: engineMs(journey, await running.trace()) };
    },
    stop: async () => {
      client.close();
      await running.stop();
    },
  };
};

const startSample = async (): Promise<Way> => {
  const sample = await SampleStack.start();
  const arrivals = new Map<string, number>();
  const socket = new WebSocket(sample.websocket);
  socket.addEventListener('message', ({ data }) => {
    arrivals.set((JSON.parse(String(data)) as { id: string }).id, performance.now());
  });
  await new Promise((opened, failed) => {
    socket.addEventListener('open', opened);
    socket.addEventListener('error', failed);
  });
  return {
    thought: async (text) => {
      const startedAt = performance.now();
      const response = await fetch(`${sample.http}/thoughts`, { method: 'POST', body: JSON.stringify({ text }) });
      const { id } = (await response.json()) as { id: string };
      await waitFor('the frame', () => arrivals.has(id), WITHIN_MS);
      return { ms: (arrivals.get(id) ?? 0) - startedAt };
    },
    stop: async () => {
      socket.close();
      await sample.stop();
    },
  };
};

const report = new Report('live');
const [ours, sample] = [await startOurs(), await startSample()];
const times = { ours: [] as number[], sample: [] as number[], engine: [] as number[] };
try {
  for (let n = 0; n < WARM_UP + THOUGHTS; n++) {
    await sleep(Math.random() * MAX_PAUSE_MS);
    const own = await ours.thought(`Number ${n}`);
    await sleep(Math.random() * MAX_PAUSE_MS);
    const other = await sample.thought(`Number ${n}`);
    if (n < WARM_UP) continue;
    times.ours.push(own.ms);
    times.engine.push(own.engineMs ?? 0);
    times.sample.push(other.ms);
  }
} finally {
  await ours.stop();
  await sample.stop();
}
const of = (list: number[]) => ({ p50: percentile(list, 50), p99: percentile(list, 99) });
const rows = [['', 'p50', 'p99']];
const put = (label: string, name: string, { p50, p99 }: { p50: number; p99: number }): void => {
  report.figure(`live.${name}_p50_ms`, p50, 'ms');
  report.figure(`live.${name}_p99_ms`, p99, 'ms');
  rows.push([label, `${p50.toFixed(1)} ms`, `${p99.toFixed(1)} ms`]);
};
put('ours', 'post_to_frame', of(times.ours));
put('of that, the engine was at work', 'engine', of(times.engine));
put('serverless-offline, its stream plugin, the plain sample', 'sample_post_to_frame', of(times.sample));
report.figure('live.ratio_vs_sample', percentile(times.ours, 50) / percentile(times.sample, 50), 'ratio');
report.text(
  `One thought after the other, at random times, on the warm stack that \`npm start\` runs. The time is from the POST until a follower's client has the event. ${THOUGHTS} thoughts each, after ${WARM_UP} to warm up.

- Beside it, in turns, runs serverless-offline with its public stream plugin, at its own settings. It has the same engine.
- It serves a plain sample: one item, one list of connections, one push (\`test/bench/live/sample\`). Ours checks a token, numbers the thought in a transaction, and delivers in order.
- "The engine was at work" is the time in which at least one request to it was open.`,
);
report.table(rows);
report.plot(
  'live',
  'POST to frame, median',
  bars('POST to frame, median', 'ms', [
    { label: 'ours', value: percentile(times.ours, 50) },
    { label: 'of that, the engine', value: percentile(times.engine, 50) },
    { label: 'plain sample', value: percentile(times.sample, 50) },
  ]),
);
report.write();
process.exit();
