import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanImage } from '../../../src/images/clean-image.ts';
import { animatedWebp, IMAGES, photo, SECRET } from '../../support/images.ts';

const CASES = [...Object.entries(IMAGES), ['image/webp', animatedWebp] as const].map(
  ([contentType, image]) => [contentType, image] as const,
);

describe.each(CASES)('an image of type %s', (contentType, { plain, telling }) => {
  it('keeps the picture byte for byte, and loses everything else in the file', () => {
    expect(telling.includes(SECRET)).toBe(true);
    expect(cleanImage(telling)).toEqual({ kind: 'clean', contentType, bytes: plain });
    expect(cleanImage(plain)).toEqual({ kind: 'clean', contentType, bytes: plain });
  });

  it('is refused when it ends too early', () => {
    for (let length = 0; length < plain.length; length++) {
      const outcome = cleanImage(plain.subarray(0, length));
      // A GIF that lacks its last byte, or a whole frame, is one that shows.
      if (contentType !== 'image/gif') expect(outcome, `${length} bytes`).toEqual({ kind: 'refused' });
      else if (outcome.kind === 'clean') expect(plain.includes(outcome.bytes.subarray(0, -1))).toBe(true);
    }
  });

  it('never throws, however malformed it is, and cleaning it twice changes nothing more', () => {
    const flip = fc.tuple(fc.nat(telling.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
        const broken = Buffer.from(telling);
        for (const [at, byte] of flips) broken[at] = byte;
        const outcome = cleanImage(broken);
        if (outcome.kind === 'refused') return;
        expect(cleanImage(outcome.bytes)).toEqual(outcome);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a file that is not an image', () => {
  it.each([
    ['a page', '<html><script>alert(1)</script></html>'],
    ['a drawing that can hold a script', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['nothing', ''],
    ['the name of a type alone', 'GIF89a'],
    ['a page that begins as an image', 'GIF89a/*<script>*/=1;alert(1)'],
    ['a type that we do not take', 'BM\0\0\0\0'],
  ])('is refused: %s', (_what, text) => {
    expect(cleanImage(Buffer.from(text))).toEqual({ kind: 'refused' });
  });

  it('is refused, whatever follows the first bytes of a type', () => {
    const starts = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF89a', 'RIFF\x20\0\0\0WEBP'];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 60 }), (start, rest) => {
        const outcome = cleanImage(Buffer.concat([Buffer.from(start, 'latin1'), rest]));
        if (outcome.kind === 'clean') expect(cleanImage(outcome.bytes)).toEqual(outcome);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a photo', () => {
  it.each([2, 3, 4, 5, 6, 7, 8])('keeps its orientation: %d', (orientation) => {
    const outcome = cleanImage(photo(orientation));
    if (outcome.kind === 'refused') throw new Error('Refused');
    expect(outcome.bytes.includes(SECRET)).toBe(false);
    expect(outcome.bytes.length - IMAGES['image/jpeg'].plain.length).toBe(36);
    expect(outcome.bytes.includes(Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]))).toBe(true);
    expect(cleanImage(outcome.bytes)).toEqual(outcome);
  });

  it.each([0, 9])('loses an invalid orientation: %d', (orientation) => {
    expect(cleanImage(photo(orientation))).toMatchObject({ bytes: IMAGES['image/jpeg'].plain });
  });
});
