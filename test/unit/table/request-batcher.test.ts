import { describe, expect, it } from 'vitest';
import { RequestBatcher } from '../../../src/table/request-batcher.ts';
import { TableBusyError } from '../../../src/table/table.ts';
import { times } from '../../support/world.ts';

/** A batcher whose requests are answered by hand, with what was asked. */
const createRun = (most = 10, nameOf?: (part: string) => string) => {
  const sent: string[][] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const batcher = new RequestBatcher<string, string[]>({
    send: (parts) => {
      sent.push(parts);
      return new Promise((resolve, reject) => answers.push({ resolve: () => resolve(parts), reject }));
    },
    most,
    ...(nameOf && { nameOf }),
  });
  const next = () => answers.shift();
  return { batcher, sent, next };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('gathered requests', () => {
  it('are sent at once when none is under way, with those of the same turn of the event loop', async () => {
    const { batcher, sent, next } = createRun();
    const both = Promise.all([batcher.add(['a']), batcher.add(['b', 'c'])]);
    await Promise.resolve();
    expect(sent).toEqual([['a', 'b', 'c']]);
    next()?.resolve();
    expect(await both).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  it('share the next one while one is under way, in the order in which they came', async () => {
    const { batcher, sent, next } = createRun();
    batcher.add(['a']);
    await turn();
    for (const part of ['b', 'c', 'd']) {
      batcher.add([part]);
      await turn();
    }
    expect(sent).toEqual([['a']]);
    next()?.resolve();
    await turn();
    expect(sent).toEqual([['a'], ['b', 'c', 'd']]);
    next()?.resolve();
    await turn();
    batcher.add(['e']);
    await turn();
    expect(sent.length).toBe(3);
  });

  it('are at most as large as allowed, and a full one is sent at once', async () => {
    const { batcher, sent } = createRun(4);
    for (const at of times(10, (at) => at)) batcher.add([`${at}`]);
    await turn();
    expect(sent).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5', '6', '7'],
      ['8', '9'],
    ]);
    batcher.add(times(9, String));
    expect(sent.at(-1)).toEqual(times(9, String));
  });

  it('have each name at most once when parts have names', async () => {
    const { batcher, sent } = createRun(10, (part) => part.charAt(0));
    for (const part of ['a1', 'b1', 'a2']) batcher.add([part]);
    await turn();
    expect(sent).toEqual([['a1', 'b1'], ['a2']]);
  });

  it('fail together with a transient error', async () => {
    const { batcher, sent, next } = createRun();
    const both = Promise.allSettled([batcher.add(['a']), batcher.add(['b'])]);
    await turn();
    next()?.reject(new TableBusyError('later'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sent.length).toBe(1);
  });

  it('are sent one by one when one of them has an error, so that the others succeed', async () => {
    const { batcher, sent, next } = createRun();
    const both = Promise.allSettled([batcher.add(['good']), batcher.add(['bad'])]);
    await turn();
    next()?.reject(new Error('not valid'));
    await turn();
    expect(sent.slice(1)).toEqual([['good'], ['bad']]);
    next()?.resolve();
    next()?.reject(new Error('not valid'));
    expect((await both).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('go on after a failure', async () => {
    const { batcher, sent, next } = createRun();
    const first = batcher.add(['a']).catch(() => 'failed');
    await turn();
    batcher.add(['b']);
    next()?.reject(new Error('not valid'));
    expect(await first).toBe('failed');
    await turn();
    expect(sent).toEqual([['a'], ['b']]);
  });
});
