import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchLoader } from '../../../web/src/api/batch-loader.ts';

const start = (most = 50) => {
  const asked: string[][] = [];
  const loader = new BatchLoader(async (keys) => {
    asked.push(keys);
    return new Map(keys.filter((key) => key !== 'unknown').map((key) => [key, `answer to ${key}`]));
  }, most);
  return { asked, loader };
};

describe('a request loader', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks about things that are requested at the same time in one call, each once', async () => {
    const { asked, loader } = start();
    const answers = Promise.all(['a', 'b', 'a', 'unknown'].map((key) => loader.get(key)));
    await vi.advanceTimersByTimeAsync(10);
    expect(await answers).toEqual(['answer to a', 'answer to b', 'answer to a', undefined]);
    expect(asked).toEqual([['a', 'b', 'unknown']]);
  });

  it('makes another call for later requests, also after a failure', async () => {
    let fails = true;
    const loader = new BatchLoader(async () => {
      if (fails) throw new Error('no network');
      return new Map([['a', 1]]);
    }, 50);
    const first = expect(loader.get('a')).rejects.toThrow('no network');
    await vi.advanceTimersByTimeAsync(10);
    await first;
    fails = false;
    const second = loader.get('a');
    await vi.advanceTimersByTimeAsync(10);
    expect(await second).toBe(1);
  });

  it('asks about no more things than one call takes', async () => {
    const { asked, loader } = start(2);
    const answers = Promise.all(['a', 'b', 'c'].map((key) => loader.get(key)));
    await vi.advanceTimersByTimeAsync(10);
    expect(await answers).toHaveLength(3);
    expect(asked).toEqual([['a', 'b'], ['c']]);
  });
});
