import type { Step } from './steps.ts';
import type { Theme } from './themes.ts';

const MINUTE = 60_000;

/** What the parts of a plan are made from. `end` is in milliseconds from the start. */
export interface PlanParts {
  random: () => number;
  names: string[];
  end: number;
  popular: () => string;
}

/** What breaks, and when. */
export const faultsOf = (theme: Theme, { random, names, end, popular }: PlanParts): Step[] => {
  const steps: Step[] = [];
  const window = (least: number, most: number) => {
    const at = Math.floor(random() * (end - most * 0.5));
    return { at, until: at + Math.floor(least + random() * (most - least)) };
  };
  const any = () => names[Math.floor(random() * names.length)] ?? '';
  if (theme === 'lag') steps.push({ ...window(3 * MINUTE, 5 * MINUTE), fault: 'stream_lag' });
  if (theme === 'crashes') steps.push({ ...window(2 * MINUTE, 6 * MINUTE), fault: 'crashes', rate: 0.004 });
  const throttled = theme === 'pushes' ? 6 : random() < 0.3 ? 1 : 0;
  for (let at = 0; at < throttled; at++) {
    steps.push({ ...window(8_000, 40_000), fault: 'push_throttled', person: any() });
  }
  const hanging = theme === 'pushes' ? 3 : 0;
  for (let at = 0; at < hanging; at++) steps.push({ ...window(20_000, 90_000), fault: 'push_hangs', person: any() });
  const lost = theme === 'pushes' || theme === 'network' ? 8 : random() < 0.3 ? 1 : 0;
  for (let at = 0; at < lost; at++) {
    steps.push({ ...window(10_000, 90_000), fault: 'push_lost', person: any(), author: popular() });
  }
  for (let at = 0; at < 2; at++) if (random() < 0.5) steps.push({ at: Math.floor(random() * end), fault: 'split' });
  const restarts = theme === 'lag' || theme === 'crashes' ? 2 : random() < 0.2 ? 1 : 0;
  for (let at = 0; at < restarts; at++) steps.push({ at: Math.floor(random() * end), fault: 'restart' });
  return steps;
};
