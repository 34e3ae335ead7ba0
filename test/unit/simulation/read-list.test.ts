import { expect, it } from 'vitest';
import { readList } from '../../../tools/simulation/read-list.ts';

/** A list of pages; the page after each is named by its number. */
const listOf = (pages: string[][]) => {
  const asked: unknown[] = [];
  const call = async (_route: string, { query }: { query?: Record<string, string> | undefined } = {}) => {
    asked.push(query);
    const at = Number(query?.cursor ?? 0);
    const items = (pages[at] ?? []).map((id) => ({ id }));
    return { status: 200, body: { items, ...(at + 1 < pages.length && { next: String(at + 1) }) } };
  };
  const read = async (count?: number) => {
    const list = await readList({ call }, 'topic:tea', 100, count);
    return { ids: list?.items.map(({ id }) => id), isWhole: list?.isWhole };
  };
  return { asked, read };
};

it('reads the first page of a list that has thoughts, though all of the pages before it are hidden', async () => {
  const { asked, read } = listOf([[], [], ['3', '2'], ['1']]);
  expect(await read()).toEqual({ ids: ['3', '2'], isWhole: false });
  expect(asked.slice(0, 2)).toEqual([
    { topic: 'tea', limit: '100' },
    { topic: 'tea', limit: '100', cursor: '1' },
  ]);
});

it('reads as many pages as asked for, or to the end', async () => {
  const pages = [['3'], ['2'], ['1']];
  expect(await listOf(pages).read()).toEqual({ ids: ['3'], isWhole: false });
  expect(await listOf(pages).read(2)).toEqual({ ids: ['3', '2'], isWhole: false });
  expect(await listOf(pages).read(9)).toEqual({ ids: ['3', '2', '1'], isWhole: true });
  expect(await listOf([[], []]).read()).toEqual({ ids: [], isWhole: true });
});
