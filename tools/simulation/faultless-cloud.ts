import type { ItemChange } from '../../local/aws/stream.ts';
import { Cloud } from './cloud.ts';
import { Faults } from './faults.ts';
import type { Plan } from './plan-types.ts';
import { NORMAL_CONDITIONS } from './themes.ts';
import { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

interface FaultlessCloudOptions {
  time: VirtualTime;
  seed: number;
  conditions?: Partial<Plan['conditions']>;
  /** Called with each change of an item, as the stream will have it. */
  onChange?: (change: ItemChange) => void;
}

/** A simulated account without faults and without planned people. Measurements use it with people of their own. */
export const faultlessCloud = ({ time, seed, conditions = {}, onChange }: FaultlessCloudOptions): Cloud => {
  const plan: Plan = {
    seed,
    theme: 'everyday',
    minutes: 0,
    people: [],
    steps: [],
    conditions: { ...NORMAL_CONDITIONS, ...conditions },
  };
  const noFaults = new Faults(
    plan,
    () => 0,
    () => 1,
    () => undefined,
  );
  const trace = new Trace(time.now, false);
  return new Cloud({
    ...{ plan, time, trace, faults: noFaults, onPush: () => {}, onUsage: () => {} },
    ...(onChange && { onChange }),
  });
};
