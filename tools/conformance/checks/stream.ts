import { type Check, differs, HOLDS, type Outcome } from '../check.ts';
import { type Observation, observe, RETRIES } from '../stream-probe.ts';

const SHOWN = 3;

/** The first batches, and how many more there were. */
const show = (batches: string[][]): string => {
  const shown = batches.slice(0, SHOWN).map((names) => `[${names.join(' ')}]`);
  const more = batches.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
};

interface StreamRule {
  rule: string;
  judge(observation: Observation): Outcome;
}

const streamRule = (rule: string, judge: StreamRule['judge']): StreamRule => ({ rule, judge });

export const STREAM_RULES: StreamRule[] = [
  streamRule('Changes of one item reach the function in their order', ({ order }) => {
    const firsts = [...new Set(order.flat())].filter((name) => name.startsWith('order'));
    const numbers = firsts.map((name) => Number(name.split('-')[1]));
    return numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0)) ? HOLDS : differs(show(order));
  }),
  streamRule('What no filter lets through does not reach the function', ({ order }) =>
    order.flat().some((name) => name.startsWith('hidden')) ? differs(show(order)) : HOLDS,
  ),
  streamRule(
    'Of a batch that reports a failed record, those before it do not come again, and it and those behind it do',
    ({ part }) => {
      const first = part.findIndex((names) => names.includes('part-2'));
      const batch = part[first] ?? [];
      const at = batch.indexOf('part-2');
      if (at === 0 || at === batch.length - 1) return { kind: 'not run', why: `no such batch came: ${show(part)}` };
      const later = new Set(part.slice(first + 1).flat());
      const isRight = batch.every((name, place) => later.has(name) === place >= at);
      return isRight ? HOLDS : differs(show(part));
    },
  ),
  streamRule('A batch that throws is split, until the failing record is alone', ({ poison }) =>
    poison.some((names) => names.join() === 'poison-3') && poison.some((names) => names.length > 1)
      ? HOLDS
      : differs(show(poison)),
  ),
  streamRule(
    'Splitting uses up no retries: alone, the record is tried once and then as often as is set',
    ({ poison }) => {
      const alone = poison.filter((names) => names.join() === 'poison-3').length;
      return alone === 1 + RETRIES ? HOLDS : differs(`${alone} times alone`);
    },
  ),
  streamRule('A record that is given up holds up nobody behind it', ({ poison }) =>
    poison.some((names) => names.includes('poison-4') && !names.includes('poison-3')) ? HOLDS : differs(show(poison)),
  ),
];

export const STREAM: Check[] = STREAM_RULES.map(({ rule, judge }) => ({
  rule,
  run: async (target) => judge(await observe(target)),
}));
