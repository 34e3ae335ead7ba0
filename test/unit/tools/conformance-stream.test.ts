import { describe, expect, it } from 'vitest';
import { STREAM_RULES } from '../../../tools/conformance/checks/stream.ts';
import type { Observation } from '../../../tools/conformance/stream-probe.ts';

const SOUND: Observation = {
  order: [['order-1', 'order-2'], ['order-3']],
  part: [
    ['part-1', 'part-2', 'part-3', 'part-4'],
    ['part-2', 'part-3', 'part-4'],
  ],
  poison: [
    ['poison-1', 'poison-2', 'poison-3', 'poison-4'],
    ['poison-1', 'poison-2'],
    ['poison-3', 'poison-4'],
    ['poison-3'],
    ['poison-3'],
    ['poison-3'],
    ['poison-4'],
  ],
};

/** The rules that an observation breaks. */
const broken = (observation: Partial<Observation>): string[] =>
  STREAM_RULES.filter(({ judge }) => judge({ ...SOUND, ...observation }).kind === 'differs').map(({ rule }) => rule);

describe('The rules of a stream', () => {
  it('hold for what AWS describes', () => {
    expect(broken({})).toEqual([]);
    // A repeated batch is no other order.
    expect(
      broken({
        order: [
          ['order-1', 'order-2'],
          ['order-1', 'order-2', 'order-3'],
        ],
      }),
    ).toEqual([]);
  });

  it.each([
    ['in their order', { order: [['order-2'], ['order-1']] }],
    ['no filter lets through', { order: [['order-1', 'hidden-1']] }],
    ['those before it do not come again', { part: [SOUND.part[0], SOUND.part[0]] as string[][] }],
    ['those behind it do', { part: [SOUND.part[0], ['part-2']] as string[][] }],
    ['until the failing record is alone', { poison: SOUND.poison.filter((names) => names.length > 1) }],
    ['uses up no retries', { poison: SOUND.poison.filter((_, at) => at !== 4) }],
    ['holds up nobody', { poison: SOUND.poison.slice(0, -1) }],
  ])('%s: is seen to be broken', (words, observation) => {
    expect(broken(observation).join('; ')).toContain(words);
  });

  it('about a part of a batch are not judged when no batch has one', () => {
    const rule = STREAM_RULES.find(({ rule }) => rule.startsWith('Of a batch'));
    expect(rule?.judge({ ...SOUND, part: [['part-1'], ['part-2'], ['part-2']] }).kind).toBe('not run');
  });
});
