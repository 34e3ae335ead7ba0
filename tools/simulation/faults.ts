import type { PostFault } from '../../local/aws/api-gateway.ts';
import type { Plan } from './plan-types.ts';
import type { Step } from './steps.ts';

type Window = Extract<Step, { until: number }>;

/** The faults that are active at this moment of a run. */
export class Faults {
  readonly #windows: Window[];
  readonly #conditions: Plan['conditions'];
  readonly #now: () => number;
  readonly #random: () => number;
  readonly ownerOf: (connectionId: string) => string | undefined;
  /** True when all faults have ended, so that the system can repair itself. */
  isOver = false;

  /** @param now milliseconds from the start of the run */
  constructor(plan: Plan, now: () => number, random: () => number, ownerOf: (id: string) => string | undefined) {
    this.#windows = plan.steps.filter((step): step is Window => 'until' in step);
    this.#conditions = plan.conditions;
    this.#now = now;
    this.#random = random;
    this.ownerOf = ownerOf;
  }

  get isStreamLate(): boolean {
    return this.#active('stream_lag').length > 0;
  }

  get crashRate(): number {
    return this.#active('crashes').reduce((rate, window) => Math.max(rate, window.rate), 0);
  }

  /** Probability that the mapping repeats a finished batch. */
  get repeatRate(): number {
    return this.isOver ? 0 : this.#conditions.streamRepeats;
  }

  dropsDisconnect(): boolean {
    return !this.isOver && this.#random() < this.#conditions.noDisconnect;
  }

  ofPush(connectionId: string, frame: string): PostFault {
    if (this.isOver) return 'none';
    const person = this.ownerOf(connectionId);
    if (this.#active('push_throttled').some((window) => window.person === person)) return 'throttled';
    if (this.#active('push_hangs').some((window) => window.person === person)) return 'hangs';
    const lost = this.#active('push_lost').filter((window) => window.person === person);
    if (lost.some(({ author }) => isOf(author, frame))) return 'lost';
    const chance = this.#random();
    const { pushFails } = this.#conditions;
    if (chance >= pushFails) return 'none';
    return chance < pushFails / 3 ? 'throttled' : chance < (2 * pushFails) / 3 ? 'failed' : 'hangs';
  }

  #active<F extends Window['fault']>(fault: F): Extract<Window, { fault: F }>[] {
    if (this.isOver) return [];
    const now = this.#now();
    return this.#windows.filter(
      (window): window is Extract<Window, { fault: F }> =>
        window.fault === fault && window.at <= now && now < window.until,
    );
  }
}

/** Whether all events of a frame are this author's. Otherwise, losing the frame would lose other authors' events too. */
const isOf = (author: string, frame: string): boolean => {
  const { events = [] } = JSON.parse(frame) as { events?: { author: string }[] };
  return events.length > 0 && events.every((event) => event.author === author);
};
