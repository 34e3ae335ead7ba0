import { setTimeout as sleep } from 'node:timers/promises';
import type { Injector } from './injector.ts';

type Invoke<Event> = (event: Event) => Promise<unknown>;

const MAX_DELAY_MS = 200;

/** The same invocation, but at times late, twice, or ended by a crash or a time-out: before its work, or after. */
export const faultyInvoke =
  <Event>(invoke: Invoke<Event>, injector: Injector): Invoke<Event> =>
  async (event) => {
    const { stream } = injector.faults;
    if (injector.happens('stream.delay', stream.delay)) await sleep(injector.random() * MAX_DELAY_MS);
    if (injector.happens('stream.crashBefore', stream.crashBefore))
      throw new Error('Injected: crashed before its work');
    if (injector.happens('stream.timeout', stream.timeout)) {
      // As on Lambda, what was begun may still be written after the batch has been given to another.
      invoke(structuredClone(event)).catch(() => {});
      throw new Error('Injected: timed out');
    }
    if (injector.happens('stream.duplicate', stream.duplicate)) await invoke(structuredClone(event));
    const answer = await invoke(event);
    if (injector.happens('stream.crashAfter', stream.crashAfter)) throw new Error('Injected: crashed after its work');
    return answer;
  };
