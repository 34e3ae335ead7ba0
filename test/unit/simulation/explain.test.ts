import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../tools/simulation/explain.ts';
import { planOf } from '../../../tools/simulation/plan.ts';
import type { Plan } from '../../../tools/simulation/plan-types.ts';
import type { Report } from '../../../tools/simulation/run.ts';
import { actionText, durationText, stepText } from '../../../tools/simulation/step-text.ts';
import type { Step } from '../../../tools/simulation/steps.ts';
import { NORMAL_CONDITIONS, THEMES } from '../../../tools/simulation/themes.ts';
import type { Request } from '../../../tools/simulation/worker.ts';
import { RunFailedError } from '../../../tools/simulation/workers.ts';

const ID = '019b8d2c-7978-71d5-bc72-735a5409c2ff';
const person = (name: string) => ({ name, devices: 1, addresses: ['203.0.113.1'], follows: [], channels: [] });
const PLAN: Plan = {
  seed: 1,
  theme: 'pushes',
  minutes: 10,
  people: ['ann', 'bob'].map(person),
  conditions: { ...NORMAL_CONDITIONS, shards: 4 },
  steps: [
    { at: 0, person: 'bob', action: { kind: 'open', device: 0 } },
    { at: 500, fault: 'leap', ms: 60_000 },
    { at: 1_000, person: 'ann', action: { kind: 'post', topic: 'tea' } },
    { at: 2_000, until: 60_000, fault: 'push_throttled', person: 'bob' },
  ],
};

/** A run breaks `stalled` while Ann posts and pushes to Bob are throttled. A plan without people can't be run at all. */
const run = async (request: Request): Promise<Report> => {
  const { steps } = (request as { plan: Plan }).plan;
  if (steps.length === 3) throw new RunFailedError('it hangs');
  const isBroken = steps.some((step) => 'fault' in step && step.fault === 'push_throttled') && steps.length > 1;
  const violation = { code: 'stalled', detail: `bob/0 got ${ID} after 20 s`, at: 0 };
  const trace = [{ at: 61_000, who: 'ann', what: `POST /thoughts -> 201 (${ID})` }];
  return { violations: isBroken ? [violation] : [], trace } as unknown as Report;
};

describe('an explanation', () => {
  it('tells the smaller plan, what happened and which invariant is broken, by one clock and with short ids', async () => {
    const lines: string[] = [];
    await explainFailure({ run }, PLAN, 'stalled', (line) => lines.push(line));
    const text = lines.join('\n');
    expect(text).toContain('The plan: 2 people, 2 steps\n  ann: 1 device\n  bob: 1 device');
    expect(text).toContain('conditions: noDisconnect 0, shards 4');
    expect(text).toContain('01:02.000 API Gateway answers 429 to every push to bob until 02:00.000');
    expect(text).toContain('\n01:01.000 ann            POST /thoughts -> 201 (#1)\n');
    expect(text).toContain(
      '  stalled, once\n    bob/0 got #1 after 20 s\n    What must hold: No event is later than 15 s',
    );
    expect(text).toContain('Invariant 16 of docs/invariants.md: A connected device hears in time.');
  });
});

describe('a step in words', () => {
  const clock = (at: number) => `${at / 1_000} s`;

  it.each<[Step, string]>([
    [
      { at: 0, person: 'ann', action: { kind: 'post', topic: 'tea', expiresIn: 60 } },
      'ann posts a thought on tea that is gone after 60 s',
    ],
    [{ at: 0, person: 'ann', action: { kind: 'unfollow', other: 'bob' } }, 'ann unfollows bob'],
    [{ at: 0, person: 'ann', action: { kind: 'sleep', device: 1, ms: 90_000 } }, 'ann/1 sleeps for 1 min 30 s'],
    [{ at: 0, until: 5_000, fault: 'stream_lag' }, "the stream's records wait until 5 s"],
    [{ at: 0, fault: 'leap', ms: 40 * 86_400_000 }, '40 d pass without any action'],
  ])('%o', (step, text) => {
    expect(stepText(step, clock)).toBe(text);
  });

  it('has words for every step of every theme', () => {
    const steps = THEMES.flatMap((theme) => planOf(1, { people: 8, theme }).steps);
    const texts = steps.map((step) => stepText(step, clock));
    expect(texts.filter((text) => /undefined|\{|NaN/.test(text))).toEqual([]);
    expect(actionText({ kind: 'cut', device: 0 })).toBe('loses its connections, and both ends know');
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [61_500, '1 min 1 s'],
    [3_600_000, '1 h'],
  ])('tells %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
