import { expect, it } from 'vitest';
import type { Thought } from '../../../client/index.ts';
import { DeletedTexts } from '../../../tools/simulation/deleted-texts.ts';

const thought = (id: string, text: string) => ({ id, text }) as Thought;
const page = (...texts: string[]) => JSON.stringify(texts.map((text) => ({ text })));

it('finds the text of a thought that is gone, unless it was posted twice', () => {
  const texts = new DeletedTexts(5_000);
  texts.add(thought('1', 'ann thinks once'), 1_000);
  texts.add(thought('2', 'ann thinks twice'), 1_000);
  texts.postedTwice('ann thinks twice');
  const both = page('ann thinks once', 'ann thinks twice');
  expect(texts.found(both, 6_000)).toEqual([]);
  expect(texts.found(both, 6_001)).toEqual([{ id: '1', goneMs: 5_001 }]);
  expect(texts.found(page('ann thinks twice'), 6_001)).toEqual([]);
});

it('finds an edited text, a strange name, and a text within a text, each once', () => {
  const texts = new DeletedTexts(0);
  texts.add(thought('1', '__ rather thinks 1x9'), 0);
  texts.add(thought('2', 'ann thinks 2'), 0);
  const content = JSON.stringify({ body: page('__ rather thinks 1x9', 'ann thinks 2', 'ann thinks 2') });
  expect(texts.found(content, 1).map(({ id }) => id)).toEqual(['1', '2']);
});

it('tells texts apart of which one is the beginning or the end of another', () => {
  const texts = new DeletedTexts(0);
  texts.add(thought('1', 'ann thinks 1'), 0);
  expect(texts.found(page('ann thinks 12', 'joann thinks 1', 'ann rather thinks 1'), 1)).toEqual([]);
});
