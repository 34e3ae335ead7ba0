import { beforeEach, describe, expect, it } from 'vitest';
import type { Item, Key, Query, Table } from '../../../src/table/table.ts';
import { dump, first, type MakeTable, times } from '../world.ts';

const PK = 'LIST';
const SORT_KEYS = ['A#1', 'A#2', 'A#3', 'B#1', 'B#2', 'C'];

const entry = ({ pk, sk }: Key, more: Record<string, unknown> = {}): Item => ({ pk, sk, type: 'entry', ...more });

/** What every table must do with reads. */
export const tableReadContract = (makeTable: MakeTable) => {
  describe('a table that is read from', () => {
    let table: Table;
    beforeEach(async () => {
      table = await makeTable();
      await table.batchWrite([
        ...SORT_KEYS.map((sk) => ({ put: entry({ pk: PK, sk }) })),
        { put: entry({ pk: 'LIST2', sk: 'A#1' }) },
      ]);
    });

    const sortKeys = async (query: Partial<Query>): Promise<string[]> =>
      (await table.query({ pk: PK, consistent: true, ...query })).map(({ sk }) => sk);

    it('gets an item by its key, and nothing for a key that is not there', async () => {
      expect(await table.get({ pk: PK, sk: 'C' }, { consistent: true })).toEqual(entry({ pk: PK, sk: 'C' }));
      expect(await table.get({ pk: PK, sk: 'D' })).toBeUndefined();
    });

    it('gets more than a hundred keys, each once, and leaves out what is not there', async () => {
      const keys = times(250, (at) => ({ pk: `MANY#${at}`, sk: 'X' }));
      const there = keys.filter((_, at) => at % 2 === 0);
      await table.batchWrite(there.map((key) => ({ put: entry(key) })));
      const found = await table.batchGet([...keys, ...keys.slice(0, 20)], { consistent: true });
      expect(found.map(({ pk }) => pk).sort()).toEqual(there.map(({ pk }) => pk).sort());
    });

    it('gets nothing for no keys', async () => {
      expect(await table.batchGet([])).toEqual([]);
    });

    it.each<[string, Partial<Query>, string[]]>([
      ['everything in order', {}, SORT_KEYS],
      ['everything newest first', { newestFirst: true }, SORT_KEYS.toReversed()],
      ['a prefix', { prefix: 'B#' }, ['B#1', 'B#2']],
      ['an empty prefix as none', { prefix: '' }, SORT_KEYS],
      ['from a key, itself included', { from: 'B#1' }, ['B#1', 'B#2', 'C']],
      ['up to a key, itself included', { to: 'A#2' }, ['A#1', 'A#2']],
      ['between two keys', { from: 'A#2', to: 'B#1' }, ['A#2', 'A#3', 'B#1']],
      ['behind a key, itself excluded', { after: 'B#1' }, ['B#2', 'C']],
      ['behind a key that is not there', { after: 'A#9' }, ['B#1', 'B#2', 'C']],
      ['behind a key newest first', { after: 'B#1', newestFirst: true }, ['A#3', 'A#2', 'A#1']],
      ['behind a key in a prefix', { prefix: 'A#', after: 'A#1' }, ['A#2', 'A#3']],
      ['behind a key in a range', { from: 'A#2', to: 'B#9', after: 'A#3' }, ['B#1', 'B#2']],
      ['behind the last key', { after: 'C' }, []],
      ['a limit', { limit: 2 }, ['A#1', 'A#2']],
      ['a limit newest first', { limit: 2, newestFirst: true }, ['C', 'B#2']],
      ['a limit behind a key', { limit: 2, after: 'A#2' }, ['A#3', 'B#1']],
      ['a limit larger than the list', { limit: 100 }, SORT_KEYS],
      ['a partition that is not there', { pk: 'NONE' }, []],
    ])('queries %s', async (_, query, expected) => {
      expect(await sortKeys(query)).toEqual(expected);
    });

    it('queries only the items for which conditions hold, and only some of their attributes', async () => {
      const items = [
        entry({ pk: 'PARTS', sk: '1' }, { kind: 'a', muted: false, from: 5 }),
        entry({ pk: 'PARTS', sk: '2' }, { kind: 'b', muted: false }),
        entry({ pk: 'PARTS', sk: '3' }, { kind: 'a', muted: true }),
      ];
      await table.batchWrite(items.map((put) => ({ put })));
      const where: Query['where'] = [
        { attribute: 'type', is: '=', value: 'entry' },
        { attribute: 'kind', is: '=', value: 'a' },
      ];
      const query = { pk: 'PARTS', consistent: true };
      expect(await table.query({ ...query, where })).toEqual([items[0], items[2]]);
      expect(await table.query({ ...query, where, attributes: ['sk', 'muted', 'from'] })).toEqual([
        { sk: '1', muted: false, from: 5 },
        { sk: '3', muted: true },
      ]);
    });

    it('ignores a start outside of the queried range', async () => {
      await expect(table.query({ pk: PK, prefix: 'B#', after: 'A#1' })).rejects.toThrow();
      await expect(table.query({ pk: PK, from: 'B#1', to: 'B#2', after: 'C' })).rejects.toThrow();
    });

    it('reads no range that ends before it begins', async () => {
      await expect(table.query({ pk: PK, from: 'B#2', to: 'B#1' })).rejects.toThrow();
    });

    it('pages through a list without a gap or a repeat', async () => {
      const seen: string[] = [];
      let after: string | undefined;
      for (;;) {
        const page: string[] = await sortKeys({ after, limit: 4 });
        seen.push(...page);
        after = page.at(-1);
        if (page.length < 4) break;
      }
      expect(seen).toEqual(SORT_KEYS);
    });

    it('reads several answers of the engine when one does not hold all items', async () => {
      const text = 'x'.repeat(200_000);
      await table.batchWrite(times(8, (at) => ({ put: entry({ pk: 'LARGE', sk: String(at) }, { text }) })));
      expect((await table.query({ pk: 'LARGE' })).map(({ sk }) => sk)).toEqual(times(8, String));
      expect((await table.query({ pk: 'LARGE', limit: 7 })).length).toBe(7);
      expect((await dump(table)).length).toBe(SORT_KEYS.length + 1 + 8);
      expect((await table.batchGet(times(8, (at) => ({ pk: 'LARGE', sk: String(at) })))).length).toBe(8);
    });

    it('scans everything', async () => {
      const scanned = (await dump(table)).map(({ pk, sk }) => `${pk} ${sk}`);
      expect(scanned).toEqual([...SORT_KEYS.map((sk) => `LIST ${sk}`), 'LIST2 A#1']);
    });

    it('continues a scan after any item of an earlier scan, also when that item is deleted', async () => {
      const scan = async (after?: Key) => {
        const found: Key[] = [];
        for await (const { pk, sk } of table.scan(after)) found.push({ pk, sk });
        return found;
      };
      const all = await scan();
      for (const [at, key] of all.entries()) expect(await scan(key)).toEqual(all.slice(at + 1));
      const second = first(all.slice(1));
      await table.batchWrite([{ delete: second }]);
      expect(await scan(second)).toEqual(all.slice(2));
    });

    describe('by its index', () => {
      const inFeed = (at: number) => ({
        put: entry({ pk: `OWNER#${at % 3}`, sk: `E${at}` }, { feedPk: 'FEED', feedSk: `${at}` }),
      });
      const feed = async (query: Partial<Query>) =>
        (await table.query<Item & { feedSk: string }>({ pk: 'FEED', index: 'feed', ...query })).map(
          (item) => item.feedSk,
        );

      beforeEach(() => table.batchWrite(times(6, inFeed)));

      it.each<[string, Partial<Query>, string[]]>([
        ['everything', {}, ['0', '1', '2', '3', '4', '5']],
        ['newest first', { newestFirst: true, limit: 3 }, ['5', '4', '3']],
        ['behind a key', { after: '2', limit: 2 }, ['3', '4']],
        ['behind a key newest first', { after: '2', newestFirst: true }, ['1', '0']],
        ['a range', { from: '1', to: '3' }, ['1', '2', '3']],
      ])('queries %s', async (_, query, expected) => {
        expect(await feed(query)).toEqual(expected);
      });

      it('leaves out an item that lost its index keys', async () => {
        await table.write([{ put: entry({ pk: 'OWNER#1', sk: 'E4' }) }]);
        await table.write([{ delete: { pk: 'OWNER#0', sk: 'E0' } }]);
        expect(await feed({})).toEqual(['1', '2', '3', '5']);
      });
    });
  });
};
