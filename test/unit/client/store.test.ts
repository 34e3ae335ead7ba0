import { describe, expect, it } from 'vitest';
import { type ReadList, Store } from '../../../client/store.ts';
import type { Thought } from '../../../client/types.ts';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf } from '../../support/live-events.ts';

const thoughtOf = (change: Parameters<typeof eventOf>[0]): Thought => {
  const { thought } = eventOf(change);
  if (!thought) throw new Error('It is deleted');
  return thought;
};
const settled = () => new Promise((resolve) => setImmediate(resolve));
const numbers = (thoughts: readonly Thought[]) => thoughts.map(({ seq }) => seq);

const start = async (lists: Record<string, Thought[]> = {}) => {
  const app = await LiveApp.live();
  const asked: string[] = [];
  let answer: ReadList = async (channel) => lists[channel] ?? [];
  const errors: unknown[] = [];
  const store = new Store(
    app.client,
    (channel, after) => {
      asked.push(channel);
      return answer(channel, after);
    },
    (error) => errors.push(error),
    app.runtime.now,
  );
  const answerBy = (next: ReadList) => {
    answer = next;
  };
  return { app, store, asked, errors, answerBy };
};

describe('a store', () => {
  it('reads a list when it is first shown, and applies what comes', async () => {
    const { app, store, asked } = await start({ timeline: [thoughtOf({ seq: 2 }), thoughtOf({ seq: 1 })] });
    let changes = 0;
    const end = store.subscribe(() => changes++);
    expect(store.list('timeline')).toEqual([]);
    await settled();
    expect(numbers(store.list('timeline'))).toEqual([2, 1]);
    app.server.publish([eventOf({ seq: 3 })]);
    expect(numbers(store.list('timeline'))).toEqual([3, 2, 1]);
    const before = store.list('timeline');
    expect(store.list('timeline')).toBe(before);
    end();
    app.server.publish([eventOf({ seq: 4 })]);
    expect([changes, asked]).toEqual([2, ['timeline']]);
  });

  it('drops a thought that waited for a hole, when its deletion was lost in that hole', async () => {
    const lists = { timeline: [thoughtOf({ seq: 1 })] };
    const { app, store } = await start(lists);
    store.list('timeline');
    app.server.publish([eventOf({ seq: 1 })]);
    // Numbers 2 and 4 are lost. Number 4 deletes the thought of number 3.
    app.server.publish([eventOf({ seq: 3 }), eventOf({ seq: 5 })]);
    lists.timeline = [thoughtOf({ seq: 5 }), thoughtOf({ seq: 1 })];
    await app.runtime.until('all events', () => app.seqs.length === 3);
    expect(numbers(store.list('timeline'))).toEqual([5, 3, 1]);
    await app.runtime.pass(60_000);
    await settled();
    expect(numbers(store.list('timeline'))).toEqual([5, 1]);
  });

  it('tells its other listeners and reads again, though one listener throws', async () => {
    const { app, store, asked } = await start({ timeline: [] });
    const errors: Error[] = [];
    const onError = (error: Error) => errors.push(error);
    process.prependListener('uncaughtException', onError);
    let changes = 0;
    store.subscribe(() => {
      throw new Error('Mine');
    });
    store.subscribe(() => changes++);
    store.list('timeline');
    store.readAnew('timeline');
    await settled();
    process.removeListener('uncaughtException', onError);
    expect(asked).toEqual(['timeline', 'timeline']);
    expect([new Set(errors.map(({ message }) => message)), changes]).toEqual([new Set(['Mine']), errors.length]);
    app.client.close();
  });

  it('shows an edit in every list that has the thought, and takes a deleted one out of all', async () => {
    const first = thoughtOf({ seq: 1, madeAt: 1_000 });
    const { app, store } = await start({ timeline: [first], 'topic:tea': [{ ...first, topics: ['tea'] }] });
    store.list('timeline');
    store.list('topic:tea');
    await settled();
    app.server.publish([eventOf({ seq: 2, version: 2, madeAt: 1_000 })]);
    expect(store.list('timeline').map(({ version }) => version)).toEqual([2]);
    // It has lost its topic by the edit.
    expect(store.list('topic:tea')).toEqual([]);
    app.server.publish([eventOf({ seq: 3, version: 3, madeAt: 1_000, isDeleted: true })]);
    expect(store.list('timeline')).toEqual([]);
  });

  it('keeps what came to a list within 3 seconds, though the page that is read lacks it', async () => {
    const { app, store } = await start({ timeline: [], all: [] });
    store.list('timeline');
    store.list('all');
    await settled();
    app.server.publish([eventOf({ seq: 1, channels: ['timeline', 'all'] })]);
    const shownAfter = async () => {
      for (const channel of ['timeline', 'all']) store.readAnew(channel);
      await settled();
      return [numbers(store.list('timeline')), numbers(store.list('all'))];
    };
    expect(await shownAfter()).toEqual([[1], [1]]);
    await app.runtime.pass(3_000);
    expect(await shownAfter()).toEqual([[], []]);
  });

  it('shows a thought in each list of its event, also when another list has shown that version already', async () => {
    const thought = thoughtOf({ seq: 2 });
    const { app, store } = await start({ timeline: [], all: [thought] });
    app.server.publish([eventOf({ seq: 1, madeAt: 1 })]);
    store.list('timeline');
    store.list('all');
    await settled();
    app.server.publish([eventOf({ seq: 2 })]);
    expect([numbers(store.list('timeline')), numbers(store.list('all'))]).toEqual([[2], [2]]);
  });

  it('reads anew what a gap names, or everything, and loses nothing that comes meanwhile', async () => {
    const { app, store, asked, answerBy } = await start();
    store.list('timeline');
    store.list('all');
    await settled();
    let done = (_: Thought[]) => {};
    answerBy(() => new Promise((resolve) => (done = resolve)));
    app.server.socket.push({ type: 'gap', channel: 'timeline' });
    app.server.publish([eventOf({ seq: 1 })]);
    done([]);
    await settled();
    expect(numbers(store.list('timeline'))).toEqual([1]);
    expect(asked).toEqual(['timeline', 'all', 'timeline']);
  });

  it('drops from the timeline whom one has ceased to follow, or muted; and reads it when one is back', async () => {
    const { app, store, asked } = await start({
      timeline: [thoughtOf({ seq: 1 }), thoughtOf({ author: 'bob', seq: 1 })],
      all: [thoughtOf({ seq: 1 })],
    });
    store.list('timeline');
    store.list('all');
    await settled();
    app.server.socket.push({ type: 'relation', author: 'alice', follows: true, muted: true });
    expect(store.list('timeline').map(({ author }) => author)).toEqual(['bob']);
    expect(store.list('all')).toHaveLength(1);
    app.server.socket.push({ type: 'relation', author: 'alice', follows: true, muted: false });
    await settled();
    expect(asked.slice(2)).toEqual(['timeline']);
    expect(store.list('timeline')).toHaveLength(2);
  });

  it('keeps a list as it was when it can not be read', async () => {
    const { app, store, errors, answerBy } = await start({ timeline: [thoughtOf({ seq: 1 })] });
    store.list('timeline');
    await settled();
    answerBy(async () => {
      throw new Error('503');
    });
    app.server.socket.push({ type: 'gap', channel: 'timeline' });
    await settled();
    expect([numbers(store.list('timeline')), errors.length]).toEqual([[1], 1]);
  });

  describe('of pages', () => {
    const all = Array.from({ length: 9 }, (_, at) => thoughtOf({ seq: 9 - at }));
    /** Three thoughts a page. */
    const page: ReadList = async (_channel, after = '0') => {
      const from = Number(after);
      return { thoughts: all.slice(from, from + 3), next: from + 3 < all.length ? String(from + 3) : undefined };
    };

    it('reads on where the page before ended, until there is no more', async () => {
      const { store, answerBy } = await start();
      answerBy(page);
      expect(store.view('timeline')).toEqual({ thoughts: [], state: 'reading', hasMore: false });
      await settled();
      expect(store.view('timeline')).toMatchObject({ state: 'current', hasMore: true });
      await store.more('timeline');
      expect(numbers(store.list('timeline'))).toEqual([9, 8, 7, 6, 5, 4]);
      await store.more('timeline');
      await store.more('timeline');
      expect(numbers(store.list('timeline'))).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
      expect(store.view('timeline').hasMore).toBe(false);
    });

    it('are read anew as far down as they were, and no part between is left out', async () => {
      const { app, store, asked, answerBy } = await start();
      answerBy(page);
      store.view('timeline');
      await settled();
      await store.more('timeline');
      asked.length = 0;
      store.readAnew('timeline');
      app.server.publish([eventOf({ seq: 10 })]);
      expect(store.view('timeline').state).toBe('reading');
      await settled();
      expect(asked).toEqual(['timeline', 'timeline']);
      expect(numbers(store.list('timeline'))).toEqual([10, 9, 8, 7, 6, 5, 4]);
      expect(store.view('timeline')).toMatchObject({ state: 'current', hasMore: true });
    });

    it('may be empty, when all that they had is hidden: the store reads on, in the beginning and anew', async () => {
      const { store, asked, answerBy } = await start();
      const hidden: ReadList = async (channel, after) =>
        after === undefined ? { thoughts: [], next: '3' } : page(channel, after);
      answerBy(hidden);
      store.view('timeline');
      await settled();
      expect([numbers(store.list('timeline')), asked.length]).toEqual([[6, 5, 4], 2]);
      await store.more('timeline');
      store.readAnew('timeline');
      await settled();
      expect([numbers(store.list('timeline')), asked.length]).toEqual([[6, 5, 4, 3, 2, 1], 6]);
    });

    it('are stale when they could not be read anew, and stay as they were', async () => {
      const { store, answerBy } = await start();
      answerBy(page);
      store.view('timeline');
      await settled();
      answerBy(async () => {
        throw new Error('No network');
      });
      store.readAnew('timeline');
      await settled();
      expect(numbers(store.list('timeline'))).toEqual([9, 8, 7]);
      expect(store.view('timeline').state).toBe('stale');
      answerBy(page);
      store.readAnew('timeline');
      await settled();
      expect(store.view('timeline').state).toBe('current');
    });

    it('take no changed thought that is older than the last page', async () => {
      const { app, store, answerBy } = await start();
      answerBy(page);
      store.view('timeline');
      await settled();
      app.server.publish([eventOf({ seq: 10, version: 2, madeAt: 2 })]);
      expect(numbers(store.list('timeline'))).toEqual([9, 8, 7]);
    });

    it('are read from the top again after the list was left', async () => {
      const { store, asked, answerBy } = await start();
      answerBy(page);
      store.view('timeline');
      await settled();
      store.leave('timeline');
      expect(store.view('timeline')).toEqual({ thoughts: [], state: 'reading', hasMore: false });
      await settled();
      expect([numbers(store.list('timeline')), asked.length]).toEqual([[9, 8, 7], 2]);
    });
  });
});
