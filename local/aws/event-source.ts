import type { Runtime } from './runtime.ts';

export interface EventSourceRules {
  runtime: Pick<Runtime, 'now' | 'random' | 'sleep'>;
  /** How likely a batch that was done comes again. */
  repeatRate: () => number;
  /** Whether the mapping has fallen behind and invokes nothing now. */
  isLate: () => boolean;
  onFault?: (fault: string) => void;
}

const LATE_MS = 1_000;

/**
 * How the event source mapping calls its function: each record at least once, so a batch that was done may come again;
 * and not before it gets to it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export const eventSourceInvoke =
  (invoke: (event: unknown) => Promise<unknown>, { runtime, repeatRate, isLate, onFault }: EventSourceRules) =>
  async (event: unknown): Promise<unknown> => {
    while (isLate()) await runtime.sleep(LATE_MS);
    const answer = await invoke(event);
    const rate = repeatRate();
    if (rate === 0 || runtime.random() >= rate) return answer;
    onFault?.('stream.repeat');
    return invoke(event);
  };
