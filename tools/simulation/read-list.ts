import type { Thought } from '../../client/index.ts';
import type { Caller } from './answer.ts';
import { listRoute } from './routes.ts';

const PAGE = 100;

/**
 * Reads a channel's list, newest first.
 * @param pages how many pages to read. More are read while all of them are empty: a page of which all is hidden is empty, and has a `next`
 * @returns undefined when a request failed
 */
export const readList = async (
  caller: Pick<Caller, 'call'>,
  channel: string,
  limit = PAGE,
  pages = 1,
): Promise<{ items: Thought[]; isWhole: boolean } | undefined> => {
  const { route, params, query } = listRoute(channel);
  const items: Thought[] = [];
  let next: string | undefined;
  for (let page = 0; page < pages || items.length === 0; page++) {
    const answer = await caller.call(route, {
      params,
      query: { ...query, limit: String(limit), ...(next && { cursor: next }) },
    });
    if (answer?.status !== 200) return undefined;
    const body = answer.body as { items: Thought[]; next?: string };
    items.push(...body.items);
    next = body.next;
    if (!next) return { items, isWhole: true };
  }
  return { items, isWhole: false };
};
