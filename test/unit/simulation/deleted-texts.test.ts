import { expect, it } from 'vitest';
import type { Thought } from '../../../client/index.ts';
import { DeletedTexts } from '../../../tools/simulation/deleted-texts.ts';

const thought = (id: string, text: string) => ({ id, text }) as Thought;

it('finds the text of a thought that is gone, unless it was posted twice', () => {
  const texts = new DeletedTexts(5_000);
  texts.add(thought('1', 'once'), 1_000);
  texts.add(thought('2', 'twice'), 1_000);
  texts.postedTwice('twice');
  const page = '[{"text":"once"},{"text":"twice"}]';
  expect(texts.found(page, 6_000)).toEqual([]);
  expect(texts.found(page, 6_001)).toEqual([{ id: '1', goneMs: 5_001 }]);
  expect(texts.found('[{"text":"twice"}]', 6_001)).toEqual([]);
});
