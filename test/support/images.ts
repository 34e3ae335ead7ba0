import { readFileSync } from 'node:fs';
import { exifOf } from '../../src/images/orientation.ts';

/** In every part of an image that is not the picture. */
export const SECRET = 'at home, 52.5163 N 13.3777 E';

/** Pictures of 8 by 4 pixels, left red and right blue, as a browser's canvas writes them. */
const plain = (name: string): Buffer => readFileSync(new URL(`../fixtures/images/plain.${name}`, import.meta.url));
const secret = Buffer.from(SECRET);

/** The length counts its own two bytes. */
export const jpegSegment = (marker: number, data: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

/** With an orientation, and a text behind its one entry. */
const exif = (orientation: number): Buffer => Buffer.concat([exifOf(orientation).subarray(4), secret]);

export const pngChunk = (type: string, data: Buffer): Buffer => {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  return chunk;
};

export const riffChunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};
export const riff = (...chunks: Buffer[]): Buffer => riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));

export const gifOf = (...blocks: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('GIF89a'),
    // 1 by 1 pixel, with two colours of its own.
    Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
    ...blocks,
    Buffer.from([0x3b]),
  ]);
export const gifFrame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
const gifControl = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]);
const gifLoop = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00', 'latin1');
export const gifBlock = (...head: number[]): Buffer =>
  Buffer.concat([Buffer.from([...head, secret.length]), secret, Buffer.from([0])]);

const jpeg = plain('jpeg');
const png = plain('png');
const webp = plain('webp');
/** Behind the signature, and behind the first chunk, which is of 25 bytes. */
const pngParts = [png.subarray(0, 33), png.subarray(33)] as const;
/** `VP8X`, of 18 bytes, says what follows. */
const webpFlags = webp.subarray(12, 30);
const withMetadata = Buffer.from(webpFlags);
withMetadata[8] = (webpFlags[8] ?? 0) | 0x0c;
const webpFrame = (...more: Buffer[]): Buffer =>
  riffChunk('ANMF', Buffer.concat([Buffer.alloc(16), webp.subarray(webp.indexOf('VP8 ')), ...more]));

/** A photo as a phone makes it, lying on its side. */
export const photo = (orientation = 6): Buffer =>
  Buffer.concat([
    jpeg.subarray(0, 2),
    jpegSegment(0xe1, exif(orientation)),
    jpegSegment(0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), secret])),
    jpegSegment(0xe0, Buffer.concat([Buffer.from('JFXX\0'), secret])),
    jpegSegment(0xed, Buffer.concat([Buffer.from('Photoshop 3.0\0'), secret])),
    jpegSegment(0xe2, Buffer.concat([Buffer.from('MPF\0'), secret])),
    jpegSegment(0xfe, secret),
    jpeg.subarray(2),
    secret,
  ]);

/** Of each type, a picture alone, and the same with all that a file can say beside it. */
export const IMAGES = {
  'image/jpeg': { plain: jpeg, telling: photo(1) },
  'image/png': {
    plain: png,
    telling: Buffer.concat([
      pngParts[0],
      ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'prVt'].map((type) => pngChunk(type, secret)),
      pngParts[1],
      secret,
    ]),
  },
  'image/gif': {
    plain: gifOf(gifLoop, gifControl, gifFrame, gifControl, gifFrame),
    telling: Buffer.concat([
      gifOf(
        ...[gifLoop, gifBlock(0x21, 0xfe), gifControl, gifFrame, gifBlock(0x21, 0x01), gifControl, gifFrame],
        Buffer.concat([Buffer.from('\x21\xff\x0bXMP DataXMP', 'latin1'), gifBlock()]),
      ),
      secret,
    ]),
  },
  'image/webp': {
    plain: webp,
    telling: Buffer.concat([
      riff(
        withMetadata,
        webp.subarray(30),
        riffChunk('EXIF', secret),
        riffChunk('XMP ', secret),
        riffChunk('mine', secret),
      ),
      secret,
    ]),
  },
} as const;

/** An animation of two frames. */
export const animatedWebp = {
  plain: riff(webpFlags, webpFrame(), webpFrame()),
  telling: riff(withMetadata, webpFrame(riffChunk('mine', secret)), webpFrame(), riffChunk('EXIF', secret)),
};
