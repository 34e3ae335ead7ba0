import { KeptParts } from './kept-parts.ts';

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const HEADER_BYTES = 13;
const IMAGE_BYTES = 10;
/** How often an animation repeats, the one application extension that browsers know: its beginning, and its length. */
const LOOP = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01', 'latin1');
const LOOP_BYTES = 19;
/** How long a frame shows, and which colour is none: likewise. */
const GRAPHIC_CONTROL = Buffer.from([0x21, 0xf9, 4]);
const GRAPHIC_CONTROL_BYTES = 8;

/** A GIF without comments, texts and XMP; undefined when it does not hold together. */
export const cleanGif = (bytes: Buffer): Buffer | undefined => {
  if (bytes.length < HEADER_BYTES) return undefined;
  let at = HEADER_BYTES + colorTableBytes(bytes[10]);
  const kept = new KeptParts(bytes);
  kept.add(bytes.subarray(0, at));
  let images = 0;
  while (at < bytes.length && bytes[at] !== TRAILER) {
    const isImage = bytes[at] === IMAGE;
    if (!isImage && bytes[at] !== EXTENSION) return undefined;
    // Behind an image's colours stands the size of its codes, and behind an extension's first byte its label.
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

/** Three bytes a colour, when the flags say that there is a table. */
const colorTableBytes = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/** Where a row of blocks ends, each with its length before it. */
const endOfBlocks = (bytes: Buffer, start: number): number | undefined => {
  for (let at = start; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
};
