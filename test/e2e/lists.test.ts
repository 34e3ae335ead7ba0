import { describe, expect, inject, it } from 'vitest';
import type { Api } from '../../tools/support/api.ts';
import { isListed, newUser, newUsers } from '../support/people.ts';

const stack = inject('stack');

interface Page {
  items: { id: string; text: string; username: string }[];
  next?: string;
}

const pageOf = async (user: Api, path: string, cursor?: string): Promise<Page> => {
  const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  return (await user.must('GET', `${path}${query}`)).body as Page;
};

/** Reads a list to its end, and calls `between` after each page. */
const readAll = async (user: Api, path: string, between: () => Promise<unknown> = async () => {}): Promise<Page[]> => {
  const pages: Page[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOf(user, path, cursor);
    pages.push(page);
    cursor = page.next;
    await between();
  } while (cursor !== undefined);
  return pages;
};

const idsOn = (pages: Page[]): string[] => pages.flatMap(({ items }) => items.map(({ id }) => id));

const postMany = async (author: Api, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let number = 1; number <= count; number++) {
    ids.push((await author.post(`${number} #${author.username}`)).body.id);
  }
  return ids;
};

/** The three kinds of list: thoughts themselves, a reader's timeline, a feed. */
const LISTS: [string, (author: Api) => string][] = [
  ["an author's list", ({ username }) => `/users/${username}/thoughts`],
  ['a timeline', () => '/timeline'],
  ["a topic's list", ({ username }) => `/thoughts?topic=${username}`],
];

const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

describe('Paging', () => {
  it.each(LISTS)('%s from its newest thought shows each once, whatever is posted meanwhile', async (_list, pathOf) => {
    const alice = await newUser(stack, 'alice');
    const ids = await postMany(alice, 7);
    const path = pathOf(alice);
    for (const id of ids) await isListed(alice, path, id);
    const post = () => alice.post(`meanwhile #${alice.username}`);
    const pages = await readAll(alice, withQuery(path, 'limit=3'), post);
    expect(pages.map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect(idsOn(pages)).toEqual(ids.toReversed());
  });

  it.each(LISTS)('%s from its oldest thought includes thoughts that are posted meanwhile', async (_list, pathOf) => {
    const alice = await newUser(stack, 'alice');
    const ids = await postMany(alice, 5);
    const path = pathOf(alice);
    for (const id of ids) await isListed(alice, path, id);
    let rounds = 3;
    const postThrice = async () => {
      if (rounds-- <= 0) return;
      const { id } = (await alice.post(`meanwhile #${alice.username}`)).body;
      ids.push(id);
      await isListed(alice, path, id);
    };
    const pages = await readAll(alice, withQuery(path, 'order=oldest&limit=2'), postThrice);
    expect(ids).toHaveLength(8);
    expect(idsOn(pages)).toEqual(ids);
  });

  it('leaves out deleted thoughts, and fills the page with later ones', async () => {
    const alice = await newUser(stack, 'alice');
    const path = `/users/${alice.username}/thoughts`;
    const ids = await postMany(alice, 6);
    for (const id of ids.slice(2, 4)) await alice.must('DELETE', `${path}/${id}`);
    const pages = await readAll(alice, `${path}?limit=2`);
    expect(idsOn(pages)).toEqual(ids.toSpliced(2, 2).toReversed());
    expect(pages[0]?.items).toHaveLength(2);
    expect(pages[1]?.items).toHaveLength(2);
  });

  it('shows each thought of the list of all thoughts once', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const ids: string[] = [];
    for (let round = 0; round < 4; round++) {
      ids.push((await alice.post(`${round}`)).body.id, (await bob.post(`${round}`)).body.id);
    }
    for (const id of ids) await isListed(alice, '/thoughts?limit=100', id);
    const seen: string[] = [];
    let cursor: string | undefined;
    // Other tests post here as well: read back as far as the first of these.
    do {
      const page = await pageOf(alice, '/thoughts?limit=3', cursor);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined && !seen.includes(ids[0] ?? ''));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids.toSorted().toReversed());
  });

  it('shows followers and followed, each once', async () => {
    const [alice, ...others] = await newUsers(stack, 'alice', 'bob', 'carol', 'dave', 'erin', 'frank');
    for (const other of others) {
      await other.follow(alice.username);
      await alice.follow(other.username);
    }
    const names = others.map(({ username }) => username).sort();
    for (const list of ['followers', 'following']) {
      const pages = await readAll(alice, `/users/${alice.username}/${list}?limit=2`);
      const found = pages.flatMap(({ items }) => items.map(({ username }) => username));
      expect(found.toSorted()).toEqual(names);
    }
  });

  it('of an empty list is an empty page, and nothing comes next', async () => {
    const alice = await newUser(stack, 'alice');
    for (const path of [`/users/${alice.username}/thoughts`, '/timeline', `/thoughts?topic=${alice.username}`]) {
      expect((await alice.must('GET', path)).body).toEqual({ items: [] });
    }
  });
});
