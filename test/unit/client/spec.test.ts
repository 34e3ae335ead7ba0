import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Effect, Input } from '../../../client/effects.ts';
import { Machine } from '../../../client/machine.ts';
import { TIMINGS } from '../../../client/timings.ts';
import { START } from '../../support/live-events.ts';

const MINUTE = 60_000;
// Far from each other, so that each passes alone.
const TIMINGS_HERE = {
  ...TIMINGS,
  pingMs: 90 * MINUTE,
  checkMs: 90 * MINUTE,
  silenceMs: 95 * MINUTE,
  lifetimeMs: MINUTE,
};

/** A machine, the time, and a server that answers what is sent when it is told to. */
class Rig {
  readonly machine = new Machine({ timings: TIMINGS_HERE, random: () => 0.5, channels: [] });
  now = START;
  effects: Effect[] = [];
  #sent: { link: number; frame: { id?: string; action: string; channels?: { channel: string }[] } }[] = [];
  /** The connection that is being opened, and the one that is live. */
  next = 0;
  current = 0;

  put(input: Input): Effect[] {
    const effects = this.machine.step(input, this.now);
    for (const effect of effects) {
      if (effect.type === 'ticket') this.next = effect.link;
      if (effect.type === 'send') this.#sent.push({ link: effect.link, frame: JSON.parse(effect.data) });
    }
    return effects;
  }

  /** The last word of the server that a joining connection waits for. */
  answerAll(): Effect[] {
    const all: Effect[] = [];
    for (const { link, frame } of this.#sent.splice(0)) {
      const { id, action, channels = [] } = frame;
      const parts = channels.map(({ channel }) => ({ channel }));
      const answer =
        action === 'resume'
          ? { type: 'replay', id, events: [], parts }
          : { type: action === 'heartbeat' ? 'heartbeat' : 'pong', id, at: new Date(this.now).toISOString() };
      all.push(...this.put({ type: 'frame', link, data: JSON.stringify(answer) }));
    }
    if (this.machine.situation === 'live') this.current = this.next;
    return all;
  }

  /** What the machine waits for passes, and nothing else. */
  pass(ms: number): Effect[] {
    this.now += ms;
    return this.put({ type: 'time' });
  }

  error(code: string, link: number): Effect[] {
    return this.put({ type: 'frame', link, data: JSON.stringify({ type: 'error', code, message: code }) });
  }

  /** The connection that an input is about: the live one, where there is one. */
  get about(): number {
    return this.machine.state === 'live' ? this.current : this.next;
  }
}

const ticket = (rig: Rig) => rig.put({ type: 'ticket', link: rig.next, ticket: 't' });
const opened = (rig: Rig) => rig.put({ type: 'opened', link: rig.next });
/** The time of a handover comes, in steps that no clock's jump looks like. */
const handover = (rig: Rig) => {
  while (rig.now % MINUTE !== 0) rig.now++;
  for (let passed = 0; passed < MINUTE; passed += 4_000) {
    const effects = rig.pass(4_000);
    if (effects.length > 0) return effects;
  }
  return [];
};

const joined = (rig: Rig) => rig.answerAll();
const start = (rig: Rig) => rig.put({ type: 'start' });

/** How to get into each situation, step by step. */
const REACH: Record<string, ((rig: Rig) => unknown)[]> = {
  new: [],
  'connecting, ticket': [start],
  'connecting, opening': [start, ticket],
  'connecting, joining': [start, ticket, opened],
  live: [start, ticket, opened, joined],
  'live, ticket': [start, ticket, opened, joined, handover, joined],
  'live, opening': [start, ticket, opened, joined, handover, joined, ticket],
  'live, joining': [start, ticket, opened, joined, handover, joined, ticket, opened],
  waiting: [start, (rig) => INPUTS['no ticket']?.(rig)],
  failed: [start, (rig) => INPUTS['no login']?.(rig)],
};

/** What happens. `no answer`, `handover time` and `wait over` are the passing of time. */
const INPUTS: Record<string, (rig: Rig) => Effect[]> = {
  start,
  ticket,
  'no ticket': (rig) => rig.put({ type: 'no_ticket', link: rig.next, error: new Error(), isSignedOut: false }),
  'no login': (rig) => rig.put({ type: 'no_ticket', link: rig.next, error: new Error(), isSignedOut: true }),
  opened,
  joined: (rig) => rig.answerAll().filter(({ type }) => type !== 'send'),
  closed: (rig) => rig.put({ type: 'closed', link: rig.about, code: 1006 }),
  refused: (rig) => rig.put({ type: 'closed', link: rig.about, code: 1008 }),
  not_connected: (rig) => rig.error('not_connected', rig.about),
  replaced: (rig) => rig.error('replaced', rig.about),
  'no answer': (rig) => {
    // A live connection is asked first.
    if (rig.machine.situation === 'live') rig.put({ type: 'wake' });
    const half = rig.pass(TIMINGS_HERE.answerMs / 2).filter(({ type }) => type !== 'send');
    return [...half, ...rig.pass(TIMINGS_HERE.answerMs / 2)];
  },
  'handover time': handover,
  'wait over': (rig) => rig.pass(Math.max(0, rig.machine.wakeAt - rig.now)),
  wake: (rig) => rig.put({ type: 'wake' }),
  reconnect: (rig) => rig.put({ type: 'reconnect' }),
  close: (rig) => rig.put({ type: 'close' }),
};

const text = readFileSync(new URL('../../../client/SPEC.md', import.meta.url), 'utf8');
const rows = text
  .slice(text.indexOf('| situation |'), text.indexOf('The inputs of the table'))
  .split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length > 4)
  .map(([, from = '', input = '', to = '', effects = '']) => ({ from, input, to, effects }));

const reached = (situation: string): Rig => {
  const rig = new Rig();
  for (const step of REACH[situation] ?? []) step(rig);
  if (situation !== 'new') expect(rig.machine.situation).toBe(situation);
  return rig;
};

describe('each row of the table in client/SPEC.md', () => {
  it.each(rows)('$from: $input', ({ from, input, to, effects }) => {
    const rig = reached(from);
    const happened = INPUTS[input]?.(rig).map(({ type }) => type);
    expect(happened?.join(', ')).toBe(effects);
    expect(rig.machine.situation).toBe(to);
  });
});

describe('an input that the table does not list', () => {
  // These are about the passing of time, which may bring a heartbeat, and about answers that are not awaited.
  const timed = ['no answer', 'handover time', 'wait over', 'joined', 'start'];
  const pairs = Object.keys(REACH).flatMap((from) =>
    Object.keys(INPUTS)
      .filter((input) => from !== 'new' && !timed.includes(input))
      .filter((input) => !rows.some((row) => row.from === from && row.input === input))
      .map((input) => ({ from, input })),
  );

  it.each(pairs)('$from: $input changes nothing', ({ from, input }) => {
    const rig = reached(from);
    const happened = INPUTS[input]?.(rig).map(({ type }) => type);
    // What opens late, or is not wanted any more, is dropped.
    expect(happened?.filter((type) => type !== 'drop')).toEqual([]);
    expect(rig.machine.situation).toBe(from);
  });
});

describe('each row of the table of faults', () => {
  const folder = new URL('./', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts') && file !== 'spec.test.ts');
  const tests = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
  const faults = text
    .slice(text.indexOf('| fault |'))
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\| (.+) \| (.+) \|$/.exec(line)?.slice(1, 3).join('\n') ?? [])
    .map((row) => row.split('\n'));

  it.each(faults)('has its test: %s', (_fault, name = '') => {
    expect(tests).toContain(name);
  });
});

describe('a machine', () => {
  it('makes the same effects from the same inputs', () => {
    const run = () => {
      const rig = reached('live, joining');
      return JSON.stringify([rig.answerAll(), rig.pass(1_000), rig.put({ type: 'wake' }), rig.machine.wakeAt]);
    };
    expect(run()).toBe(run());
  });
});
