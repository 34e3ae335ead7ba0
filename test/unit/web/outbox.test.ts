import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../web/src/api/api.ts';
import type { Thought } from '../../../web/src/api/types.ts';
import { Outbox } from '../../../web/src/outbox/outbox.ts';

/** A server that answers as it is told, and an outbox that posts to it. */
const start = (stored?: string) => {
  const posts: [text: string, key: string][] = [];
  let answer: () => Promise<void> = async () => {};
  const kept = new Map(stored === undefined ? [] : [['box', stored]]);
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
  };
  const posted: string[] = [];
  const outbox = new Outbox({
    post: async (draft: { text: string }, key: string) => {
      posts.push([draft.text, key]);
      await answer();
      return { id: `id of ${draft.text}` } as Thought;
    },
    storage,
    storageKey: 'box',
    onPosted: ({ id }) => posted.push(id),
  });
  const answerBy = (next: () => Promise<void>) => {
    answer = next;
  };
  return { outbox, posts, posted, kept, answerBy };
};
const states = ({ outbox }: ReturnType<typeof start>) => outbox.items.map(({ state }) => state);
const offline = async () => {
  throw new TypeError('Failed to fetch');
};

describe('an outbox', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('addEventListener', () => {});
    vi.stubGlobal('removeEventListener', () => {});
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('shows a thought at once, and replaces it when it is posted', async () => {
    const box = start();
    box.outbox.add({ text: 'tea' });
    expect(states(box)).toEqual(['sending']);
    await vi.runAllTimersAsync();
    expect([states(box), box.posted]).toEqual([['posted'], ['id of tea']]);
  });

  it('forgets a posted thought that was deleted', async () => {
    const box = start();
    box.outbox.add({ text: 'tea' });
    box.outbox.add({ text: 'cake' });
    await vi.runAllTimersAsync();
    box.outbox.forget(({ id }) => id === 'id of tea');
    expect(box.outbox.items.map(({ draft }) => draft.text)).toEqual(['cake']);
  });

  it('sends it again under the same key until the server has answered', async () => {
    const box = start();
    box.answerBy(offline);
    box.outbox.add({ text: 'tea' });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(states(box)).toEqual(['waiting']);
    box.answerBy(async () => {});
    await vi.runAllTimersAsync();
    expect(states(box)).toEqual(['posted']);
    expect(box.posts.length).toBeGreaterThan(3);
    expect(new Set(box.posts.map(([, key]) => key)).size).toBe(1);
  });

  it('shows the person a thought that the server refuses', async () => {
    const box = start();
    box.answerBy(async () => {
      throw new ApiError(403, { code: 'blocked', title: 'Blocked' });
    });
    box.outbox.add({ text: 'tea' });
    await vi.runAllTimersAsync();
    expect([states(box), box.outbox.items[0]?.reason, box.posts.length]).toEqual([['refused'], 'Blocked', 1]);
    box.outbox.discard(box.outbox.items[0]?.key ?? '');
    expect(states(box)).toEqual([]);
  });

  it('sends after a reload what was not posted before it, under the same key', async () => {
    const before = start();
    before.answerBy(offline);
    before.outbox.add({ text: 'tea' });
    await vi.advanceTimersByTimeAsync(10);
    before.outbox.close();
    const after = start(before.kept.get('box'));
    await vi.runAllTimersAsync();
    expect(states(after)).toEqual(['posted']);
    expect(after.posts[0]).toEqual(before.posts[0]);
  });

  it('does not send by itself a thought that is older than the server keeps its key', async () => {
    const before = start();
    before.answerBy(offline);
    before.outbox.add({ text: 'tea' });
    await vi.advanceTimersByTimeAsync(10);
    before.outbox.close();
    vi.setSystemTime(Date.now() + 24 * 3_600_000);
    const after = start(before.kept.get('box'));
    await vi.runAllTimersAsync();
    expect([states(after), after.posts]).toEqual([['refused'], []]);
  });
});
