import type { RunConditions, Step } from './steps.ts';
import type { Theme } from './themes.ts';

/** A person in a run. */
export interface Person {
  name: string;
  devices: number;
  /** The source address of each device. */
  addresses: string[];
  /** Whom this person follows from the start. */
  follows: string[];
  channels: string[];
}

/** Everything that happens in one run. The same plan always makes the same trace. */
export interface Plan {
  seed: number;
  theme: Theme;
  minutes: number;
  people: Person[];
  conditions: RunConditions;
  steps: Step[];
}
