import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanImage } from '../../../src/images/clean-image.ts';
import {
  gifBlock,
  gifFrame,
  gifOf,
  IMAGES,
  jpegSegment,
  pngChunk,
  riff,
  riffChunk,
  SECRET,
} from '../../support/images.ts';

const secret = Buffer.from(SECRET);
const { 'image/png': png, 'image/jpeg': jpeg, 'image/webp': webp } = IMAGES;
const picture = webp.plain.subarray(webp.plain.indexOf('VP8 '));
const webpFrame = (...more: Buffer[]) => riffChunk('ANMF', Buffer.concat([Buffer.alloc(16), picture, ...more]));

/** Parts that show something, and parts that hold the secret. */
const PNG_PARTS = [
  ...['IDAT', 'PLTE', 'fcTL'].map((type) => pngChunk(type, Buffer.alloc(7))),
  ...['tEXt', 'iTXt', 'eXIf', 'tIME', 'caBX', 'idat', '\0\0\0\0'].map((type) => pngChunk(type, secret)),
];
const JPEG_PARTS = [
  ...[0xc4, 0xdb, 0xdd].map((marker) => jpegSegment(marker, Buffer.alloc(5))),
  ...[0x01, 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xef, 0xf0, 0xfe].map((marker) => jpegSegment(marker, secret)),
  Buffer.from([0xff]),
];
const GIF_PARTS = [
  gifFrame,
  ...[0x00, 0x01, 0xf9, 0xfe, 0xff].map((label) => gifBlock(0x21, label)),
  Buffer.from([0x21, 0xf9, 0]),
];
const WEBP_PARTS = [
  picture,
  riffChunk('ALPH', Buffer.alloc(3)),
  webpFrame(),
  webpFrame(riffChunk('XMP ', secret)),
  webpFrame(webpFrame(riffChunk('EXIF', secret))),
  webpFrame(riffChunk('VP8X', secret)),
  ...['EXIF', 'XMP ', 'mine'].map((type) => riffChunk(type, secret)),
];

const cut = (file: Buffer, at: number, parts: Buffer[]) =>
  Buffer.concat([file.subarray(0, at), ...parts, file.subarray(at)]);
const FILES: [string, Buffer[], (parts: Buffer[]) => Buffer][] = [
  ['image/png', PNG_PARTS, (parts) => cut(png.plain, 33, parts)],
  ['image/jpeg', JPEG_PARTS, (parts) => cut(jpeg.plain, 2, parts)],
  ['image/gif', GIF_PARTS, (parts) => gifOf(...parts, gifFrame)],
  ['image/webp', WEBP_PARTS, (parts) => riff(webp.plain.subarray(12), ...parts)],
];

describe.each(FILES)('parts of type %s', (contentType, some, fileOf) => {
  it('are kept or removed one by one, in any order and number', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...some), { maxLength: 30 }), (parts) => {
        const file = fileOf(parts);
        const outcome = cleanImage(file);
        if (outcome.kind === 'refused') throw new Error('Refused');
        expect(outcome.contentType).toBe(contentType);
        expect(outcome.bytes.includes(SECRET)).toBe(false);
        expect(outcome.bytes.length).toBeLessThanOrEqual(file.length + 64);
        expect(cleanImage(outcome.bytes)).toEqual(outcome);
      }),
    );
  });
});

it('a million parts take little more memory than their file', async () => {
  // The limit is that of the heap alone; the files, and what is made of them, are beside it.
  const worker = new Worker(new URL('../../support/million-parts.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 20 },
  });
  const lengthened = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  }).finally(() => worker.terminate());
  expect(lengthened).toEqual([0, 0, 0, 0]);
});
