import { parentPort, workerData } from 'node:worker_threads';
import { forbidRealClock, lendTimers } from './forbid-real-clock.ts';
import { type PlanOptions, planOf } from './plan.ts';
import type { Plan } from './plan-types.ts';
import { run, START } from './run.ts';
import { VirtualTime } from './virtual-time.ts';

/** What a worker is asked: to run a seed, or a plan that was made smaller. */
export type Request = ({ seed: number } & PlanOptions) | { plan: Plan; isTraced: boolean };

forbidRealClock();
// The functions' logs are left out: the report has what a run needs.
for (const level of ['log', 'info', 'warn', 'error'] as const) {
  if (!(workerData as { isLoud?: boolean } | undefined)?.isLoud) console[level] = () => {};
}

parentPort?.on('message', async (request: Request) => {
  const [plan, isTraced] =
    'plan' in request ? [request.plan, request.isTraced] : [planOf(request.seed, request), false];
  // A run throws and catches many errors, and each stack trace takes time.
  Error.stackTraceLimit = isTraced ? 10 : 0;
  const time = new VirtualTime(START);
  lendTimers(time);
  try {
    parentPort?.postMessage({ report: await run(plan, { isTraced, time }) });
  } catch (error) {
    parentPort?.postMessage({ error: `seed ${plan.seed}: ${error instanceof Error ? error.stack : error}` });
  }
});
