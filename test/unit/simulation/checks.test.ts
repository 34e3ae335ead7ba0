import { describe, expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import {
  checkPages,
  checkSentOnce,
  checkStored,
  checkViews,
  ReferenceModel,
  type View,
} from '../../../tools/simulation/checks.ts';

const NOW = 1_000_000;

const thought = (id: string, author: string, more: Partial<Thought> = {}): Item =>
  ({
    pk: id,
    sk: '-',
    type: 'thought',
    id,
    author,
    text: id,
    topics: [],
    createdAt: 1,
    version: 1,
    seq: 1,
    ...more,
  }) as Item;
const following = (follower: string, author: string, muted = false): Item =>
  ({ ...keys.following(follower, author), type: 'following', muted, since: 1 }) as Item;
const block = (username: string, blocked: string): Item =>
  ({ pk: username, sk: blocked, type: 'block', username, blocked }) as Item;

const ITEMS = [
  thought('1', 'ann', { topics: ['tea'] }),
  thought('2', 'bob', { version: 2 }),
  thought('3', 'cat'),
  thought('4', 'ann', { deletedAt: 5 }),
  thought('5', 'ann', { expiresAt: NOW / 1000 - 1 }),
  following('dan', 'ann'),
  following('dan', 'bob', true),
  following('dan', 'cat'),
  block('cat', 'dan'),
];
const model = new ReferenceModel(ITEMS, NOW);
const ids = (channel: string, reader: string) => model.list(channel, reader).map(({ id }) => id);

describe('the definition of the lists', () => {
  it('leaves out what is deleted, over, muted, blocked or not followed', () => {
    expect(ids('timeline', 'dan')).toEqual(['1']);
    expect(ids('timeline', 'bob')).toEqual(['2']);
    expect(ids('all', 'dan')).toEqual(['3', '2', '1']);
    expect(ids('author:ann', 'dan')).toEqual(['1']);
    expect(ids('topic:tea', 'eve')).toEqual(['1']);
  });
});

describe('what was posted without an Idempotency-Key', () => {
  const stored = ['1', '2'].map((id) => thought(id, 'ann', { text: 'hello' }));
  it.each([
    ['was sent once', 1, ['stored_again']],
    ['was sent again, because no answer came', 2, []],
  ])('and is stored twice: it %s', (_name, sent, codes) => {
    const found = checkSentOnce(new ReferenceModel(stored, NOW), { sentWithoutKey: new Map([['hello', sent]]) });
    expect(found.map(({ code }) => code)).toEqual(codes);
  });
});

describe('what was answered', () => {
  const known = (item: Item, deletedAt?: number) => {
    const answered = item as unknown as import('../../../client/index.ts').Thought;
    const entry = { thought: answered, answeredAt: 1, ...(deletedAt !== undefined && { deletedAt }) };
    return { thoughts: new Map([[answered.id, entry]]) };
  };
  it.each([
    ['is stored', known(thought('1', 'ann')), 0],
    ['is nowhere', known(thought('9', 'ann')), 1],
    ['is nowhere, and was to vanish', known(thought('9', 'ann', { expiresAt: 1 })), 0],
    ['is nowhere, and was deleted long ago', known(thought('9', 'ann'), 1), 0],
    ['is stored in a later version', known(thought('2', 'bob')), 0],
    ['is stored in an earlier version', known(thought('2', 'bob', { version: 3 })), 1],
    ['is deleted', known(thought('4', 'ann'), 1), 0],
    ['is there, though it was deleted', known(thought('1', 'ann'), 1), 1],
  ])('%s', (_what, history, count) => {
    expect(checkStored(model, history).map(({ code }) => code)).toEqual(Array(count).fill('lost'));
  });
});

describe('a view', () => {
  const view = (shown: Record<string, Record<string, number>>, floor = '', isLive = true): View => ({
    person: 'dan',
    device: 'dan/0',
    devices: 1,
    app: {
      isLive,
      isReplaced: false,
      channels: ['timeline', 'topic:tea'],
      shown: (channel) => shown[channel] && { versions: new Map(Object.entries(shown[channel])), floor },
    },
  });
  const codes = (one: View, isExcused = () => false) => checkViews(model, [one], isExcused).map(({ code }) => code);

  it.each([
    ['shows all', { timeline: { 1: 1 }, 'topic:tea': { 1: 1 } }, []],
    ['misses one', { timeline: {}, 'topic:tea': {} }, ['view_misses_timeline', 'view_misses_topic']],
    ['shows it in another list only', { timeline: {}, 'topic:tea': { 1: 1 } }, ['view_misses_timeline']],
    ['keeps one that is hidden', { timeline: { 1: 1, 2: 2 }, 'topic:tea': { 1: 1 } }, ['view_keeps_timeline']],
    [
      'keeps an old version',
      { timeline: { 1: 0 }, 'topic:tea': { 1: 1 } },
      ['view_misses_timeline', 'view_keeps_timeline'],
    ],
    ['never read a list', { timeline: { 1: 1 } }, ['view_unread']],
  ])('that %s', (_what, shown, expected) => {
    expect(codes(view(shown))).toEqual(expected);
  });

  it('that is not connected in the end is only told so', () => {
    expect(codes(view({}, '', false))).toEqual(['not_live']);
  });

  it.each([
    [19, ['replaced']],
    [20, []],
  ])('that gave way did so because 20 devices had 21 connections: %s', (devices, expected) => {
    const one = view({ timeline: { 1: 1 }, 'topic:tea': { 1: 1 } });
    expect(codes({ ...one, devices, app: { ...one.app, isReplaced: true } })).toEqual(expected);
  });

  it('is not asked for what lies below what was read, nor for what is excused', () => {
    expect(codes(view({ timeline: {}, 'topic:tea': {} }, '1'))).toEqual([]);
    expect(codes(view({ timeline: {}, 'topic:tea': {} }), () => true)).toEqual([]);
  });
});

describe('pages', () => {
  const page = (items: unknown[]) => ({ items: items as never, isWhole: true });
  const ALL = model.list('all', 'dan');
  const reads = (items: unknown[] | undefined) => ({
    name: 'dan',
    list: async (channel: string) => (channel === 'all' ? page(ALL) : items && page(items)),
  });
  it.each([
    ['are the definition', [{ id: '1', version: 1 }], 0],
    ['lack one', [], 1],
    [
      'have one too many',
      [
        { id: '2', version: 2 },
        { id: '1', version: 1 },
      ],
      1,
    ],
    [
      'have one twice',
      [
        { id: '1', version: 1 },
        { id: '1', version: 1 },
      ],
      1,
    ],
    ['could not be read', undefined, 1],
  ])('that %s', async (_what, items, count) => {
    expect((await checkPages(model, [reads(items)])).map(({ code }) => code)).toEqual(Array(count).fill('page'));
  });

  it.each([
    ['is whole, also with those whom the reader has muted', ALL, 0],
    ['lacks one on a later page', ALL.slice(0, -1), 1],
    ['has one twice', [...ALL, ...ALL.slice(-1)], 1],
  ])('of everybody are compared too: a list that %s', async (_what, items, count) => {
    const timeline = model.list('timeline', 'dan');
    const reader = { name: 'dan', list: async (channel: string) => page(channel === 'all' ? items : timeline) };
    expect(await checkPages(model, [reader])).toHaveLength(count);
  });
});
