import { beforeEach, describe, expect, it } from 'vitest';
import type { Condition, Item, Table, Write } from '../../../src/table/table.ts';
import { dump, type MakeTable, times } from '../world.ts';

const KEY = { pk: 'NOTE#1', sk: 'A' };
const OTHER = { pk: 'NOTE#2', sk: 'A' };

const note = (more: Record<string, unknown> = {}, key = KEY): Item => ({ ...key, type: 'note', ...more });

const HOLDS: Condition[] = [
  { attribute: 'number', is: 'present' },
  { attribute: 'nothing', is: 'absent' },
  { attribute: 'number', is: '=', value: 5 },
  { attribute: 'text', is: '=', value: 'five' },
  { attribute: 'flag', is: '=', value: true },
  { attribute: 'number', is: '<', value: 6 },
  { attribute: 'number', is: '<=', value: 5 },
  { attribute: 'number', is: '>', value: 4 },
  { attribute: 'number', is: '>=', value: 5 },
  { attribute: 'text', is: '<', value: 'six' },
];

const FAILS: Condition[] = [
  { attribute: 'number', is: 'absent' },
  { attribute: 'nothing', is: 'present' },
  { attribute: 'number', is: '=', value: 6 },
  { attribute: 'number', is: '=', value: '5' },
  { attribute: 'text', is: '=', value: 'six' },
  { attribute: 'flag', is: '=', value: false },
  { attribute: 'number', is: '<', value: 5 },
  { attribute: 'number', is: '<=', value: 4 },
  { attribute: 'number', is: '>', value: 5 },
  { attribute: 'number', is: '>=', value: 6 },
  { attribute: 'nothing', is: '<', value: 1 },
  { attribute: 'nothing', is: '=', value: 1 },
];

/** What every table must do with writes. */
export const tableWriteContract = (makeTable: MakeTable) => {
  describe('a table that is written to', () => {
    let table: Table;
    beforeEach(async () => {
      table = await makeTable();
      await table.write([{ put: note({ number: 5, text: 'five', flag: true }) }]);
    });

    const kinds = (when: Condition[]): Write[] => [
      { put: note({ text: 'put' }), when },
      { update: KEY, set: { text: 'updated' }, when },
      { delete: KEY, when },
    ];

    it.each(HOLDS)('writes when a condition holds: $attribute $is $value', async (condition) => {
      for (const write of kinds([condition])) {
        await table.write([{ put: note({ number: 5, text: 'five', flag: true }) }]);
        const before = await dump(table);
        expect(await table.write([write])).toEqual({ kind: 'written' });
        expect(await dump(table)).not.toEqual(before);
      }
    });

    it.each(FAILS)('refuses when a condition does not hold: $attribute $is $value', async (condition) => {
      const before = await dump(table);
      for (const write of kinds([condition])) {
        expect(await table.write([write])).toEqual({ kind: 'refused', refused: [0] });
      }
      expect(await dump(table)).toEqual(before);
    });

    it('writes only when all conditions of a write hold', async () => {
      const when: Condition[] = [
        { attribute: 'number', is: '=', value: 5 },
        { attribute: 'text', is: '=', value: 'six' },
      ];
      expect(await table.write([{ delete: KEY, when }])).toEqual({ kind: 'refused', refused: [0] });
    });

    it('checks an item without changing it', async () => {
      const before = await dump(table);
      const check = (value: number): Write => ({ check: KEY, when: [{ attribute: 'number', is: '=', value }] });
      expect(await table.write([check(5)])).toEqual({ kind: 'written' });
      expect(await table.write([check(6)])).toEqual({ kind: 'refused', refused: [0] });
      expect(await dump(table)).toEqual(before);
    });

    it('writes all of a transaction, or names those that were refused and writes none', async () => {
      const before = await dump(table);
      const absent: Condition[] = [{ attribute: 'pk', is: 'absent' }];
      const outcome = await table.write([
        { put: note({}, OTHER), when: absent },
        { update: KEY, add: { number: 1 }, when: absent },
        { put: note({}, { pk: 'NOTE#3', sk: 'A' }) },
        { check: { pk: 'NOTE#4', sk: 'A' }, when: [{ attribute: 'pk', is: 'present' }] },
      ]);
      expect(outcome).toEqual({ kind: 'refused', refused: [1, 3] });
      expect(await dump(table)).toEqual(before);

      expect(await table.write([{ put: note({}, OTHER), when: absent }, { delete: KEY }])).toEqual({ kind: 'written' });
      expect(await dump(table)).toEqual([note({}, OTHER)]);
    });

    it('refuses a transaction that names one item twice', async () => {
      await expect(table.write([{ update: KEY, add: { number: 1 } }, { delete: KEY }])).rejects.toThrow();
      expect(await table.get(KEY)).toMatchObject({ number: 5 });
    });

    it('replaces the whole item with a put', async () => {
      await table.write([{ put: note({ text: 'new' }) }]);
      expect(await table.get(KEY)).toEqual(note({ text: 'new' }));
    });

    it('sets, adds and removes in one update', async () => {
      await table.write([
        {
          update: KEY,
          set: { text: 'new', more: 'x', left: undefined },
          add: { number: -2, fresh: 3 },
          remove: ['flag'],
        },
      ]);
      expect(await table.get(KEY)).toEqual(note({ number: 3, text: 'new', more: 'x', fresh: 3 }));
    });

    it('creates the item when an update finds none', async () => {
      await table.write([{ update: OTHER, set: { type: 'note' }, add: { number: 1 } }]);
      expect(await table.get(OTHER)).toEqual(note({ number: 1 }, OTHER));
    });

    it('accepts attributes with reserved names', async () => {
      await table.write([{ update: KEY, set: { name: 'n', size: 1, status: 's' }, remove: ['text'] }]);
      expect(await table.get(KEY)).toMatchObject({ name: 'n', size: 1, status: 's' });
    });

    it('reads values as they were written, without undefined ones', async () => {
      const value = {
        list: [1, 'two', null, { three: 3 }],
        empty: '',
        none: null,
        no: false,
        nested: { deep: { x: [] } },
      };
      await table.write([{ put: note({ ...value, gone: undefined, inside: { gone: undefined } }) }]);
      expect(await table.get(KEY)).toStrictEqual(note({ ...value, inside: {} }));
    });

    it('writes a batch of any length, puts and deletes together', async () => {
      const keyOf = (at: number) => ({ pk: 'BATCH', sk: String(at).padStart(3, '0') });
      await table.batchWrite(times(60, (at) => ({ put: note({ at }, keyOf(at)) })));
      expect((await table.query({ pk: 'BATCH' })).length).toBe(60);
      await table.batchWrite([
        ...times(30, (at) => ({ delete: keyOf(at) })),
        ...times(10, (at) => ({ put: note({ at: -1 }, keyOf(50 + at)) })),
      ]);
      const left = await table.query<Item & { at: number }>({ pk: 'BATCH' });
      expect(left.map(({ at }) => at)).toEqual([...times(20, (at) => 30 + at), ...times(10, () => -1)]);
    });

    it('accepts an empty batch, and the delete of a missing item', async () => {
      const before = await dump(table);
      await table.batchWrite([]);
      await table.batchWrite([{ delete: OTHER }]);
      expect(await table.write([{ delete: OTHER }])).toEqual({ kind: 'written' });
      expect(await dump(table)).toEqual(before);
    });

    it('refuses a batch that names one item twice', async () => {
      await expect(table.batchWrite([{ put: note() }, { delete: KEY }])).rejects.toThrow();
    });

    it('gives copies: changing what was read changes nothing stored', async () => {
      const read = await table.get<Item & { number: number }>(KEY);
      if (read) read.number = 99;
      expect(await table.get(KEY)).toMatchObject({ number: 5 });
    });

    it('lets one of many concurrent conditional writes succeed', async () => {
      const when: Condition[] = [{ attribute: 'number', is: '=', value: 5 }];
      const outcomes = await Promise.all(times(8, () => table.write([{ update: KEY, add: { number: 1 }, when }])));
      expect(outcomes.filter(({ kind }) => kind === 'written').length).toBe(1);
      expect(await table.get(KEY)).toMatchObject({ number: 6 });
    });
  });
};
