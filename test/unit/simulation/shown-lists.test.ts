import { describe, expect, it } from 'vitest';
import type { Thought, ThoughtEvent } from '../../../client/index.ts';
import { ShownLists } from '../../../tools/simulation/shown-lists.ts';

const thought = (id: string, more: Partial<Thought> = {}): Thought =>
  ({ id, author: 'ann', version: 1, topics: ['tea'], ...more }) as Thought;
const event = (one: Thought, isGone = false): ThoughtEvent =>
  ({
    thoughtId: one.id,
    channels: ['topic:tea', 'timeline'],
    ...(!isGone && { thought: one }),
  }) as unknown as ThoughtEvent;

const setUp = (items: Thought[], isWhole = true) => {
  let now = 10_000;
  const lists = new ShownLists(() => now);
  const show = (page: Thought[], current = page, askedAt = now) =>
    lists.show('topic:tea', { items: page, isWhole, current, askedAt });
  show(items);
  const shown = () => Object.fromEntries(lists.versions('topic:tea')?.versions ?? []);
  const pass = (ms: number) => {
    now += ms;
  };
  return { lists, show, shown, pass };
};

describe('shown lists', () => {
  it('show a page, apply events to it, and know nothing of a list that was never read', () => {
    const { lists, shown } = setUp([thought('2'), thought('1')]);
    lists.apply('topic:tea', event(thought('3')));
    lists.apply('topic:tea', event(thought('2', { version: 2 })));
    lists.apply('topic:tea', event(thought('1'), true));
    lists.apply('timeline', event(thought('3')));
    expect(shown()).toEqual({ 2: 2, 3: 1 });
    expect(lists.versions('timeline')).toBeUndefined();
  });

  it('lose a thought that leaves its topic, and take none that is below the page', () => {
    const { lists, shown } = setUp([thought('2')], false);
    lists.apply('topic:tea', event(thought('1')));
    lists.apply('topic:tea', event(thought('2', { version: 2, topics: [] })));
    expect(shown()).toEqual({});
  });

  it('keep what came within 3 s though a page lacks it, and newer versions than those of the page', () => {
    const { lists, show, shown, pass } = setUp([thought('1', { version: 2 })]);
    lists.apply('topic:tea', event(thought('2')));
    pass(2_000);
    show([thought('1')], []);
    expect(shown()).toEqual({ 1: 2, 2: 1 });
    pass(2_000);
    show([thought('1')], []);
    expect(shown()).toEqual({ 1: 2 });
  });

  it('forget an author, and hide what has expired', () => {
    const expiresAt = new Date(11_000).toISOString();
    const { lists, shown, pass } = setUp([
      thought('2', { author: 'bob' }),
      thought('1'),
      thought('0', { author: 'cat', expiresAt }),
    ]);
    lists.forget('topic:tea', 'ann');
    expect(shown()).toEqual({ 0: 1, 2: 1 });
    pass(2_000);
    expect(shown()).toEqual({ 2: 1 });
  });
});
