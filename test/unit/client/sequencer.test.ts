import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sequencer, type Step } from '../../../client/sequencer.ts';
import type { ThoughtEvent } from '../../../client/types.ts';
import { eventOf, START } from '../../support/live-events.ts';

/** What the app is given, in short. */
const told = (steps: Step[]): (number | string)[] =>
  steps.map((step) => (step.kind === 'event' ? step.event.seq : `gap ${step.author}`));

const acceptAll = (sequencer: Sequencer, events: ThoughtEvent[]): (number | string)[] =>
  told(events.flatMap((event) => sequencer.accept(event)));

const holdAll = (sequencer: Sequencer, events: ThoughtEvent[]): void => {
  for (const event of events) sequencer.hold(event);
};

const numbered = (...seqs: number[]): ThoughtEvent[] => seqs.map((seq) => eventOf({ seq }));

describe('Sequencer', () => {
  it('lets changes that come in order through at once', () => {
    expect(acceptAll(new Sequencer(), numbered(1, 2, 3))).toEqual([1, 2, 3]);
  });

  it('drops a change that was let through before', () => {
    expect(acceptAll(new Sequencer(), numbered(1, 2, 1, 2, 3, 2))).toEqual([1, 2, 3]);
  });

  it('drops a second copy of a change that is still held', () => {
    expect(acceptAll(new Sequencer(), numbered(1, 3, 3, 2))).toEqual([1, 2, 3]);
  });

  it('holds a change until the one before it has come', () => {
    const sequencer = new Sequencer();
    expect(acceptAll(sequencer, numbered(1, 4, 3))).toEqual([1]);
    expect(sequencer.holes).toEqual(['alice']);
    expect(acceptAll(sequencer, numbered(2))).toEqual([2, 3, 4]);
    expect(sequencer.holes).toEqual([]);
  });

  it('orders each author by itself', () => {
    const sequencer = new Sequencer();
    const bob = (seq: number) => eventOf({ author: 'bob', seq });
    acceptAll(sequencer, [eventOf({ seq: 1 }), bob(1), eventOf({ seq: 3 })]);
    expect(acceptAll(sequencer, [bob(2)])).toEqual([2]);
    expect(sequencer.holes).toEqual(['alice']);
  });

  it('holds the first change that it sees of an author, for an earlier one may be on its way', () => {
    const sequencer = new Sequencer();
    expect(acceptAll(sequencer, numbered(8, 7))).toEqual([]);
    expect(sequencer.newcomers).toEqual(['alice']);
    expect(sequencer.holes).toEqual([]);
    expect(told(sequencer.release('alice', true))).toEqual([7, 8]);
    expect(sequencer.newcomers).toEqual([]);
    expect(acceptAll(sequencer, numbered(9))).toEqual([9]);
  });

  it('notices a hole behind the first changes that it sees of an author', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(5, 7));
    expect(told(sequencer.release('alice', false))).toEqual([5]);
    expect(sequencer.holes).toEqual(['alice']);
    expect(acceptAll(sequencer, numbered(6))).toEqual([6, 7]);
  });

  it('releases nothing when nothing is held', () => {
    expect(new Sequencer().release('alice', true)).toEqual([]);
  });

  it('fills a hole from a replay without a word of it', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(1, 4));
    holdAll(sequencer, numbered(1, 2, 3, 4));
    expect(told(sequencer.release('alice', true))).toEqual([2, 3, 4]);
    expect(sequencer.holes).toEqual([]);
    expect(told(sequencer.release('alice', true))).toEqual([]);
  });

  it('reports a hole that nothing explains, before what comes behind it', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(1, 3));
    expect(told(sequencer.release('alice', true))).toEqual(['gap alice', 3]);
  });

  it('reports no hole of an author whose changes come by incomplete channels', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(1, 3));
    expect(told(sequencer.release('alice', false))).toEqual([3]);
  });

  it('takes numbers for no loss that a later version of a known thought has replaced', () => {
    const sequencer = new Sequencer();
    const madeAt = START + 1000;
    acceptAll(sequencer, [eventOf({ seq: 1, madeAt })]);
    holdAll(sequencer, [eventOf({ seq: 4, version: 4, madeAt })]);
    expect(told(sequencer.release('alice', true))).toEqual([4]);
  });

  it('takes numbers for no loss that later versions of a thought made since have replaced', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(1));
    holdAll(sequencer, [eventOf({ seq: 4, version: 3, madeAt: START + 1500 }), eventOf({ seq: 5 })]);
    expect(told(sequencer.release('alice', true))).toEqual([4, 5]);
  });

  it('takes a deleted thought for what its versions were', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(1));
    holdAll(sequencer, [eventOf({ seq: 3, version: 2, madeAt: START + 1500, isDeleted: true })]);
    expect(told(sequencer.release('alice', true))).toEqual([3]);
  });

  it('does not let the versions of an older, unknown thought explain a hole', () => {
    const sequencer = new Sequencer();
    acceptAll(sequencer, numbered(4));
    sequencer.release('alice', true);
    holdAll(sequencer, [eventOf({ seq: 6, version: 3, madeAt: START })]);
    expect(told(sequencer.release('alice', true))).toEqual(['gap alice', 6]);
  });

  it('lets every change through once and in order, however the network shuffles and doubles them', () => {
    const deliveries = fc.integer({ min: 1, max: 12 }).chain((length) => {
      const all = numbered(...Array.from({ length }, (_, at) => at + 1));
      return fc.array(fc.constantFrom(...all)).chain((doubles) => {
        const everything = [...all, ...doubles];
        return fc.shuffledSubarray(everything, { minLength: everything.length });
      });
    });
    fc.assert(
      fc.property(deliveries, (events) => {
        const sequencer = new Sequencer();
        const length = new Set(events.map(({ seq }) => seq)).size;
        const passed = acceptAll(sequencer, events);
        passed.push(...told(sequencer.release('alice', true)));
        expect(passed).toEqual(Array.from({ length }, (_, at) => at + 1));
      }),
    );
  });

  it('gives every change that came, in order, and a gap just when one is lost, however a stretch of them is cut', () => {
    const stretch = fc.uniqueArray(fc.integer({ min: 10, max: 25 }), { minLength: 1 });
    fc.assert(
      fc.property(stretch, (seqs) => {
        const sequencer = new Sequencer();
        holdAll(sequencer, numbered(...seqs));
        const passed = [...sequencer.release('alice', true), ...sequencer.release('alice', true)];
        const sorted = [...seqs].sort((a, b) => a - b);
        expect(passed.flatMap((step) => (step.kind === 'event' ? [step.event.seq] : []))).toEqual(sorted);
        const isWhole = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1 === sorted.length;
        expect(passed.some(({ kind }) => kind === 'gap')).toBe(!isWhole);
      }),
    );
  });
});
