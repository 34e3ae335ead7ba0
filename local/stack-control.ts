import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Injector } from './faults/injector.ts';
import type { Services, StreamFigures } from './services.ts';
import { type Span, Trace } from './trace.ts';

/** What a running stack says of itself. */
export interface StackFigures extends StreamFigures {
  /** How often each fault happened. */
  faults: Record<string, number>;
  /** Memory in use by the stack's process, after a garbage collection. Without the engine, which has its own. */
  memoryBytes: number;
  /** CPU that the stack's process has used, the engine's thread included. */
  cpuMs: number;
}

/** What a parent process asks of a stack that it has started. */
export type Question =
  | { kind: 'figures' }
  /** Asks for the spans recorded since the last such question. The first question starts the recording. */
  | { kind: 'trace' }
  /** The faults end, so that everything comes to rest. */
  | { kind: 'faults-off' };

export type Answer = { kind: 'figures'; figures: StackFigures } | { kind: 'trace'; spans: Span[] };

/** Answers a parent process, as long as there is one. */
export const answerQuestions = (services: Services, injector: Injector | undefined): void => {
  let trace: Trace | undefined;
  process.on('message', ({ kind }: Question) => {
    if (kind === 'trace') {
      trace ??= new Trace();
      process.send?.({ kind: 'trace', spans: trace.take() } satisfies Answer);
      return;
    }
    if (kind === 'faults-off' && injector) injector.isOn = false;
    const figures = {
      ...services.streamFigures,
      faults: injector?.counts ?? {},
      memoryBytes: memoryInUse(),
      cpuMs: cpuMs(),
    };
    process.send?.({ kind: 'figures', figures } satisfies Answer);
  });
};

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const memoryInUse = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
