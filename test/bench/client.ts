import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { Machine } from '../../client/machine.ts';
import { TIMINGS } from '../../client/timings.ts';
import type { ThoughtEvent } from '../../client/types.ts';
import { printFigure } from '../../tools/support/measure.ts';
import { eventOf, START } from '../support/live-events.ts';

const EVENTS = 200_000;
const A_FRAME = 20;
const ROUNDS = 5;
const AUTHORS = [10, 50_000];

/** A machine that is live, and takes frames of one connection. */
const liveMachine = (): Machine => {
  const machine = new Machine({ timings: TIMINGS, random: () => 0.5, channels: ['all'] });
  const put = (input: Parameters<Machine['step']>[0]) => machine.step(input, START);
  const answer = (frame: object) => put({ type: 'frame', link: 1, data: JSON.stringify(frame) });
  put({ type: 'start' });
  put({ type: 'ticket', link: 1, ticket: 't' });
  for (const effect of put({ type: 'opened', link: 1 })) {
    if (effect.type !== 'send') continue;
    const {
      id,
      action,
      channels = [],
    } = JSON.parse(effect.data) as { id: string; action: string; channels?: string[] };
    const granted = channels.map((asked) => ({ asked, channel: asked }));
    if (action === 'subscribe') answer({ type: 'ack', id, action, channels: granted, refused: [] });
    else answer({ type: 'pong', id, at: new Date(START).toISOString() });
  }
  if (machine.state !== 'live') throw new Error(`The machine is ${machine.situation}`);
  return machine;
};

/** Frames of events, each author's in order, the authors in turn. */
const framesOf = (authors: number): string[] => {
  const frames: string[] = [];
  for (let at = 0; at < EVENTS; at += A_FRAME) {
    const events = Array.from({ length: A_FRAME }, (_, n) => {
      const author = `author_${(at + n) % authors}`;
      return eventOf({ author, seq: Math.floor((at + n) / authors) + 1, madeAt: START + at + n, channels: ['all'] });
    });
    frames.push(JSON.stringify({ type: 'events', events }));
  }
  return frames;
};

/** One round with so many authors: events a second of the processor's time, which others on the machine don't take away. */
const round = (authors: number, frames: string[]): { rate: number; bytes: number } => {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const machine = liveMachine();
  let given = 0;
  const startedAt = process.cpuUsage();
  for (const data of frames) {
    for (const { type } of machine.step({ type: 'frame', link: 1, data }, START)) if (type === 'event') given++;
  }
  const { user, system } = process.cpuUsage(startedAt);
  if (given !== EVENTS) throw new Error(`${given} of ${EVENTS} events of ${authors} authors were given`);
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  if (machine.state !== 'live') throw new Error(machine.situation);
  return { rate: EVENTS / ((user + system) / 1e6), bytes };
};

/** The least that any client does: it parses each frame, and stores the last number of each author in a map. */
const plainRound = (frames: string[]): number => {
  globalThis.gc?.();
  const last = new Map<string, { seq: number; at: string }>();
  const startedAt = process.cpuUsage();
  for (const data of frames) {
    for (const { author, seq, at } of (JSON.parse(data) as { events: ThoughtEvent[] }).events) {
      const known = last.get(author);
      if (known) {
        known.seq = seq;
        known.at = at;
      } else last.set(author, { seq, at });
    }
  }
  const { user, system } = process.cpuUsage(startedAt);
  return EVENTS / ((user + system) / 1e6);
};

const rates = AUTHORS.map(() => ({ client: [] as number[], plain_map: [] as number[] }));
for (let n = 0; n < ROUNDS; n++) {
  for (const [at, authors] of AUTHORS.entries()) {
    const frames = framesOf(authors);
    const { rate, bytes } = round(authors, frames);
    rates[at]?.client.push(rate);
    rates[at]?.plain_map.push(plainRound(frames));
    if (n === ROUNDS - 1) printFigure(`client.memory_${authors}_authors`, bytes / 1024 ** 2, 'MiB');
  }
}
for (const kind of ['client', 'plain_map'] as const) {
  const [few = 0, many = 1] = rates.map((each, at) => {
    const middle = each[kind].sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
    printFigure(`client.events_per_cpu_second_${kind}_${AUTHORS[at]}_authors`, middle, '1/s');
    return middle;
  });
  printFigure(`client.ratio_${kind}`, few / many, 'times');
}
const options = { bundle: true, minify: true, format: 'esm', write: false } as const;
for (const entry of ['core', 'index', 'store']) {
  const { outputFiles } = await build({ ...options, entryPoints: [`client/${entry}.ts`] });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  printFigure(`client.bytes_${entry}`, contents.length, 'bytes');
  printFigure(`client.bytes_${entry}_gzipped`, gzipSync(contents).length, 'bytes');
}
