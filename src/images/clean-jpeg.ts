import { KeptParts } from './kept-parts.ts';
import { exifOf, orientationOf } from './orientation.ts';

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1 */
const START = Buffer.from([0xff, 0xd8]);
const END = Buffer.from([0xff, 0xd9]);
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
/** Tables, sizes and frames: all that stands before the data of a picture. */
const isOfPicture = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf) || (marker >= 0xdb && marker <= 0xdf);
/** Parts of applications without which colours would change: the colour profile, and Adobe's note of how colours are coded. */
const COLORS = new Map([
  [0xe2, 'ICC_PROFILE\0'],
  [0xee, 'Adobe'],
]);
const JFIF_BYTES = 18;

/**
 * A JPEG without EXIF, XMP, IPTC, comments, previews and second images; undefined when it does not hold together. Which way up
 * it is stays: without it, most photos of phones would lie on their side.
 */
export const cleanJpeg = (bytes: Buffer): Buffer | undefined => {
  const kept = new KeptParts(bytes);
  let jfif: Buffer | undefined;
  let orientation: number | undefined;
  let scans = 0;
  for (let at = START.length; at + 1 < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === END_OF_IMAGE) {
      const head = [START, ...(jfif ? [jfif] : []), ...(orientation ? [exifOf(orientation)] : [])];
      return scans > 0 ? Buffer.concat([...head, kept.whole(), END]) : undefined;
    }
    // Any number of these may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const segment = segmentAt(bytes, at);
    if (!segment) return undefined;
    at += segment.length;
    const name = COLORS.get(marker);
    if (marker === START_OF_SCAN) {
      const end = endOfScan(bytes, at);
      kept.add(segment);
      kept.add(bytes.subarray(at, end));
      at = end;
      scans++;
    } else if (isOfPicture(marker) || (name && hasName(segment, name))) kept.add(segment);
    else if (marker === APP0 && hasName(segment, 'JFIF\0')) jfif ??= withoutPreview(segment);
    else if (marker === APP1 && hasName(segment, 'Exif\0\0')) orientation ??= orientationOf(segment);
  }
  return undefined;
};

/** A marker, the length of what follows, and that. */
const segmentAt = (bytes: Buffer, at: number): Buffer | undefined => {
  if (at + 4 > bytes.length) return undefined;
  const length = bytes.readUInt16BE(at + 2);
  return length < 2 || at + 2 + length > bytes.length ? undefined : bytes.subarray(at, at + 2 + length);
};

const hasName = (segment: Buffer, name: string): boolean => segment.toString('latin1', 4, 4 + name.length) === name;

/** The pixels per inch, without the small picture that may follow. */
const withoutPreview = (segment: Buffer): Buffer | undefined => {
  if (segment.length < JFIF_BYTES) return undefined;
  const head = Buffer.from(segment.subarray(0, JFIF_BYTES));
  head.writeUInt16BE(JFIF_BYTES - 2, 2);
  head.writeUInt16BE(0, JFIF_BYTES - 2);
  return head;
};

/** The next marker that is no part of a scan's data: 0xff is followed there by 0, or by a marker that starts anew within it. */
const endOfScan = (bytes: Buffer, start: number): number => {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return bytes.length;
};
