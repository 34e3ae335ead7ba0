import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/keys/cursors.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1 });

describe('a cursor', () => {
  it('decodes to the position that it was made of', () => {
    fc.assert(
      fc.property(text, text, (list, position) => {
        expect(decodeCursor(list, encodeCursor(list, position))).toEqual({ kind: 'position', position });
      }),
    );
  });

  it('is valid in its own list only', () => {
    fc.assert(
      fc.property(text, text, text, (list, other, position) => {
        fc.pre(list !== other);
        expect(decodeCursor(other, encodeCursor(list, position))).toEqual({ kind: 'invalid' });
      }),
    );
  });

  it('is invalid when it is made up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), text), (forged) => {
        expect(decodeCursor('list', forged)).toEqual({ kind: 'invalid' });
      }),
    );
  });

  it('is invalid when any letter is changed', () => {
    const cursor = encodeCursor('list', 'position');
    for (let at = 0; at < cursor.length; at++) {
      for (const letter of ['A', 'z', '-', '=', '']) {
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        if (changed !== cursor) expect(decodeCursor('list', changed)).toEqual({ kind: 'invalid' });
      }
    }
    expect(decodeCursor('list', `${cursor}=`)).toEqual({ kind: 'invalid' });
    expect(decodeCursor('list', ` ${cursor}`)).toEqual({ kind: 'invalid' });
  });

  it('is invalid for an empty position', () => {
    expect(decodeCursor('list', encodeCursor('list', ''))).toEqual({ kind: 'invalid' });
    expect(decodeCursor('list', '')).toEqual({ kind: 'invalid' });
  });
});
