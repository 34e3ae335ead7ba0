import { ByteWriter } from './byte-writer.ts';

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const HEADER_BYTES = 13;
const IMAGE_BYTES = 10;
/** The application extension that says how often an animation repeats: its first bytes, and its length in bytes. Browsers know no other one. */
const LOOP = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01', 'latin1');
const LOOP_BYTES = 19;
/** The first bytes of a graphic control extension, with a frame's duration and transparent colour, and its length in bytes. */
const GRAPHIC_CONTROL = Buffer.from([0x21, 0xf9, 4]);
const GRAPHIC_CONTROL_BYTES = 8;

/** A GIF without comments, texts and XMP; undefined when the file is malformed. */
export const cleanGif = (bytes: Buffer): Buffer | undefined => {
  if (bytes.length < HEADER_BYTES) return undefined;
  let at = HEADER_BYTES + colorTableBytes(bytes[10]);
  const kept = new ByteWriter(bytes);
  kept.add(bytes.subarray(0, at));
  let images = 0;
  while (at < bytes.length && bytes[at] !== TRAILER) {
    const isImage = bytes[at] === IMAGE;
    if (!isImage && bytes[at] !== EXTENSION) return undefined;
    // After an image's colour table comes one byte with the LZW code size. After an extension's first byte comes its label.
    const data = at + (isImage ? IMAGE_BYTES + colorTableBytes(bytes[at + 9]) + 1 : 2);
    const end = endOfBlocks(bytes, data);
    if (end === undefined) return undefined;
    const part = bytes.subarray(at, end);
    if (isImage) images++;
    if (isImage || isGraphicControl(part) || isLoop(part)) kept.add(part);
    at = end;
  }
  kept.add(Buffer.from([TRAILER]));
  return images > 0 ? kept.whole() : undefined;
};

const isLoop = (part: Buffer): boolean => part.length === LOOP_BYTES && startsWith(part, LOOP);
const isGraphicControl = (part: Buffer): boolean =>
  part.length === GRAPHIC_CONTROL_BYTES && startsWith(part, GRAPHIC_CONTROL);
const startsWith = (part: Buffer, start: Buffer): boolean => part.subarray(0, start.length).equals(start);

/** Bytes of a colour table: 3 for each colour, or 0 when the flags say that there is no table. */
const colorTableBytes = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/** The position after a sequence of sub-blocks. Each sub-block begins with its length; length 0 ends the sequence. */
const endOfBlocks = (bytes: Buffer, start: number): number | undefined => {
  for (let at = start; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
};
