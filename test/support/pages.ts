import type { Page, PageRequest } from '../../src/thoughts/page.ts';
import type { Thought } from '../../src/thoughts/thought.ts';

/** More pages than a test's lists have: a list that goes on behind them has no end. */
const MAX_PAGES = 1_000;

export const ids = (thoughts: Pick<Thought, 'id'>[]): string[] => thoughts.map(({ id }) => id);

/** Every page of a list behind the other, as far as `next` leads. */
export const everyPage = async (
  read: (request: PageRequest) => Promise<Page>,
  request: Omit<PageRequest, 'after'>,
): Promise<Page[]> => {
  const pages: Page[] = [];
  for (let after: string | undefined; ; ) {
    const page = await read({ ...request, after });
    if (page.thoughts.length > request.limit) throw new Error('The page is too long');
    pages.push(page);
    if (page.next === undefined) return pages;
    if (pages.length > MAX_PAGES) throw new Error('The pages have no end');
    after = page.next;
  }
};

/** The ids of a whole list, read page by page. */
export const everyId = async (
  read: (request: PageRequest) => Promise<Page>,
  request: Omit<PageRequest, 'after'>,
): Promise<string[]> => (await everyPage(read, request)).flatMap(({ thoughts }) => ids(thoughts));
