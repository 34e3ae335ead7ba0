import { describe, expect, it } from 'vitest';
import { Arrivals, medianOf } from '../../../web/src/live/arrivals.ts';
import { OpenChannels } from '../../../web/src/live/open-channels.ts';
import { splitAt } from '../../../web/src/thoughts/held-top.ts';
import { eventOf, START } from '../../support/live-events.ts';

describe('arrivals', () => {
  const first = eventOf({ seq: 0 });

  it("count another's thought from when the server numbered it", () => {
    const arrivals = new Arrivals();
    arrivals.came(first, 500, START + 34);
    expect(arrivals.all).toEqual([{ id: first.thoughtId, ms: 34, isOwn: false }]);
  });

  it.each([
    ['after the answer', ['posted', 'came']],
    ['before the answer', ['came', 'posted']],
  ])("count one's own from the click, when it comes %s", (_, order) => {
    const arrivals = new Arrivals();
    for (const step of order) {
      if (step === 'posted') arrivals.posted(first.thoughtId, 400);
      else arrivals.came(first, 450, START + 9);
    }
    expect(arrivals.all).toEqual([{ id: first.thoughtId, ms: 50, isOwn: true }]);
  });

  it('leave out what was replayed, edited or deleted', () => {
    const arrivals = new Arrivals();
    arrivals.came(first, 0, START + 60_000);
    arrivals.came(eventOf({ seq: 1, version: 2 }), 0, START + 1_000);
    arrivals.came(eventOf({ seq: 2, isDeleted: true }), 0, START + 2_000);
    expect(arrivals.all).toEqual([]);
  });

  it('keep the last forty, and know their median', () => {
    const arrivals = new Arrivals();
    for (let seq = 0; seq < 100; seq++) arrivals.came(eventOf({ seq }), seq, START + seq * 1_000 + seq);
    expect([arrivals.all.length, arrivals.all[0]?.ms, medianOf(arrivals.all)]).toEqual([40, 60, 80]);
    expect(medianOf([])).toBeUndefined();
  });
});

describe('open channels', () => {
  const start = () => {
    const done: string[] = [];
    const note = (what: string) => async (channel: string) => void done.push(`${what} ${channel}`);
    const channels = new OpenChannels(
      { subscribe: note('subscribe'), unsubscribe: note('unsubscribe') },
      { subscribe: (_listener, channel) => () => done.push(`leave ${channel}`) },
    );
    return { channels, done };
  };

  it('are subscribed once, and stay for a while after they were left', () => {
    const { channels, done } = start();
    channels.open('topic:tea')();
    channels.open('topic:tea')();
    channels.open('timeline')();
    expect(done).toEqual(['subscribe topic:tea']);
  });

  it('end with the one that was left longest ago, and never with one on the screen', () => {
    const { channels, done } = start();
    channels.open('all');
    for (let n = 1; n <= 6; n++) channels.open(`topic:${n}`)();
    expect(done.slice(-2)).toEqual(['unsubscribe topic:1', 'leave topic:1']);
  });
});

describe('what is held above a reader', () => {
  const items = ['d', 'c', 'b', 'a'].map((id) => ({ id }));

  it.each([
    ['nothing, when the newest is where they began', 'd', ''],
    ['what is newer than where they began', 'b', 'dc'],
    ['what is newer, when that one has gone meanwhile', 'bb', 'dc'],
    ['nothing, when they began with nothing', undefined, ''],
  ])('is %s', (_, top, expected) => {
    const { held, shown } = splitAt(items, top);
    expect(held.map(({ id }) => id).join('')).toBe(expected);
    expect([...held, ...shown]).toEqual(items);
  });
});
