import { describe, expect, it } from 'vitest';
import { Concurrency } from '../../../../local/aws/account.ts';
import { AWS_LAMBDA, type Environment, type Handler, LambdaFunction } from '../../../../local/aws/lambda.ts';
import { VirtualTime } from '../../../../tools/simulation/virtual-time.ts';

const START = 1_000_000;

interface Setup {
  create: (environment: Environment, count: number) => (event: unknown) => Promise<unknown>;
  crashRate?: () => number;
  concurrency?: number;
  clockSkewMs?: number;
  random?: () => number;
}

const setUp = ({ create, crashRate = () => 0, concurrency = 10, clockSkewMs = 0, random = () => 0.5 }: Setup) => {
  const time = new VirtualTime(START);
  let environments = 0;
  const lambda = new LambdaFunction({
    runtime: { now: time.now, sleep: time.sleep, after: time.after, random, newId: () => 'id' },
    limits: { ...AWS_LAMBDA, timeoutMs: 10_000, clockSkewMs },
    concurrency: new Concurrency(concurrency),
    create: (environment) => create(environment, ++environments) as Handler,
    crashRate,
  });
  const outcomes: { at: number; outcome: unknown }[] = [];
  const invoke = (event: unknown = {}) => {
    const settle = (outcome: unknown) => void outcomes.push({ at: time.now() - START, outcome });
    lambda.invoke(event).then(settle, (error) => settle(error.code));
  };
  const run = (ms: number) => time.runUntil(time.now() + ms);
  return { invoke, run, outcomes, environments: () => environments };
};

describe('a Lambda function', () => {
  it('starts an environment for the first event, and answers the next one with the same', async () => {
    const { invoke, run, outcomes } = setUp({ create: (_environment, count) => async () => count });
    invoke();
    await run(1_000);
    invoke();
    await run(0);
    expect(outcomes).toEqual([
      { at: 500, outcome: 1 },
      { at: 1_000, outcome: 1 },
    ]);
  });

  it('has an environment of its own for each event at a time, and state of its own in each', async () => {
    const create = (environment: Environment) => {
      let count = 0;
      return async () => {
        count++;
        await environment.sleep(100);
        return count;
      };
    };
    const { invoke, run, outcomes, environments } = setUp({ create });
    invoke();
    invoke();
    await run(2_000);
    expect(environments()).toBe(2);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([1, 1]);
  });

  it('ends an environment that had nothing to do for minutes', async () => {
    const { invoke, run, environments } = setUp({ create: () => async () => 'done' });
    invoke();
    await run(AWS_LAMBDA.idleMs + 2_000);
    invoke();
    await run(2_000);
    expect(environments()).toBe(2);
  });

  it('freezes what is pending at the answer, and goes on with it in the next invocation only', async () => {
    const done: string[] = [];
    const create = (environment: Environment) => async (event: unknown) => {
      void environment.sleep(50).then(() => done.push(`of ${JSON.stringify(event)}`));
      return 'answered';
    };
    const { invoke, run } = setUp({ create });
    invoke(1);
    await run(60_000);
    expect(done).toEqual([]);
    invoke(2);
    await run(0);
    expect(done).toEqual(['of 1']);
  });

  it('crashes at any wait: nothing of it goes on, and the next event meets a fresh environment', async () => {
    const steps: number[] = [];
    let waits = 0;
    const create = (environment: Environment) => async () => {
      for (let step = 1; step <= 4; step++) {
        steps.push(step);
        await environment.sleep(10);
      }
      return 'done';
    };
    const crashRate = () => (++waits === 3 ? 1 : 0);
    const { invoke, run, outcomes, environments } = setUp({ create, crashRate });
    invoke();
    await run(60_000);
    expect(steps).toEqual([1, 2, 3]);
    expect(outcomes).toEqual([{ at: 530, outcome: 'crashed' }]);
    invoke();
    await run(60_000);
    expect(environments()).toBe(2);
    expect(outcomes.at(-1)?.outcome).toBe('done');
  });

  it('ends at its time-out, and with it all that it waited for', async () => {
    let wentOn = 0;
    const create = (environment: Environment) => async () => {
      await environment.sleep(10_001);
      wentOn++;
    };
    const { invoke, run, outcomes } = setUp({ create });
    invoke();
    await run(60_000);
    expect(outcomes).toEqual([{ at: 10_500, outcome: 'timed_out' }]);
    expect(wentOn).toBe(0);
  });

  it('tells the time that is left', async () => {
    const seen: number[] = [];
    const { invoke, run } = setUp({
      create: (environment) =>
        (async (_event: unknown, context: { getRemainingTimeInMillis(): number }) => {
          seen.push(context.getRemainingTimeInMillis());
          await environment.sleep(4_000);
          seen.push(context.getRemainingTimeInMillis());
        }) as never,
    });
    invoke();
    await run(60_000);
    expect(seen).toEqual([10_000, 6_000]);
  });

  it('throttles what is above the concurrency, which other functions take of too', async () => {
    const shared = setUp({ concurrency: 2, create: (environment) => async () => environment.sleep(1_000) });
    for (let at = 0; at < 3; at++) shared.invoke();
    await shared.run(0);
    expect(shared.outcomes).toEqual([{ at: 0, outcome: 'throttled' }]);
    await shared.run(60_000);
    shared.invoke();
    await shared.run(60_000);
    expect(shared.outcomes.filter(({ outcome }) => outcome === 'throttled')).toHaveLength(1);
  });

  it.each([
    [0, -15_000],
    [0.5, 0],
    [0.999_999_9, 15_000],
  ])('has a clock that is off by up to the skew, in either direction', async (chance, off) => {
    const { invoke, run, outcomes } = setUp({
      clockSkewMs: 15_000,
      random: () => chance,
      create: (environment) => async () => environment.now(),
    });
    invoke();
    await run(1_000);
    expect(outcomes.map(({ at, outcome }) => (outcome as number) - START - at)).toEqual([off]);
  });

  it('copies events and answers as JSON: other values are lost, and no object is shared', async () => {
    const event = { list: [1], nothing: undefined, date: new Date(0) };
    const { invoke, run, outcomes } = setUp({
      create: () => async (taken) => {
        (taken as typeof event).list.push(2);
        return { taken, nothing: undefined, number: Number.NaN };
      },
    });
    invoke(event);
    await run(1_000);
    expect(event.list).toEqual([1]);
    const taken = { list: [1, 2], date: '1970-01-01T00:00:00.000Z' };
    expect(outcomes[0]?.outcome).toStrictEqual({ taken, number: null });
  });

  it('reports what a function throws', async () => {
    const { invoke, run, outcomes } = setUp({
      create: () => async () => {
        throw new Error('no');
      },
    });
    invoke();
    await run(1_000);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['function_error']);
  });
});
