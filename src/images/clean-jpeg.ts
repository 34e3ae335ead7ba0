import { ByteWriter } from './byte-writer.ts';
import { exifOf, orientationOf } from './orientation.ts';

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1 */
const START = Buffer.from([0xff, 0xd8]);
const END = Buffer.from([0xff, 0xd9]);
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
/** Markers of tables, sizes and frames: everything that a decoder needs before the data of the picture. */
const isOfPicture = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf) || (marker >= 0xdb && marker <= 0xdf);
/** Application segments that change how colours look: the colour profile, and Adobe's segment about colour coding. */
const COLORS = new Map([
  [0xe2, 'ICC_PROFILE\0'],
  [0xee, 'Adobe'],
]);
const JFIF_BYTES = 18;

/**
 * A JPEG without EXIF, XMP, IPTC, comments, previews and second images; undefined when the file is malformed. The orientation
 * is kept, because most phone photos would otherwise be shown on their side.
 */
export const cleanJpeg = (bytes: Buffer): Buffer | undefined => {
  const kept = new ByteWriter(bytes);
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
    // Any number of fill bytes (0xff) may precede a marker.
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

/** A segment: the marker, the length and the content. */
const segmentAt = (bytes: Buffer, at: number): Buffer | undefined => {
  if (at + 4 > bytes.length) return undefined;
  const length = bytes.readUInt16BE(at + 2);
  return length < 2 || at + 2 + length > bytes.length ? undefined : bytes.subarray(at, at + 2 + length);
};

const hasName = (segment: Buffer, name: string): boolean => segment.toString('latin1', 4, 4 + name.length) === name;

/** The JFIF segment with the pixel density, without the thumbnail that may follow. */
const withoutPreview = (segment: Buffer): Buffer | undefined => {
  if (segment.length < JFIF_BYTES) return undefined;
  const head = Buffer.from(segment.subarray(0, JFIF_BYTES));
  head.writeUInt16BE(JFIF_BYTES - 2, 2);
  head.writeUInt16BE(0, JFIF_BYTES - 2);
  return head;
};

/** The position of the marker that ends a scan's data. Within the data, 0 or a restart marker follows each 0xff. */
const endOfScan = (bytes: Buffer, start: number): number => {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return bytes.length;
};
