/** The position of the TIFF header: after the marker, the length, and `Exif\0\0`. */
const TIFF_AT = 10;
const ENTRY_BYTES = 12;
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation (1 to 8) in the EXIF segment of a JPEG; undefined when there is none, or when the photo is upright.
 * @see https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E, 4.6.2
 */
export const orientationOf = (segment: Buffer): number | undefined => {
  const tiff = segment.subarray(TIFF_AT);
  if (tiff.length < 8) return undefined;
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const count = short(directory);
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return undefined;
    if (short(at) !== ORIENTATION || short(at + 2) !== SHORT) continue;
    const value = short(at + 8);
    return value >= 2 && value <= 8 ? value : undefined;
  }
  return undefined;
};

/** An EXIF segment with this orientation and nothing else. */
export const exifOf = (orientation: number): Buffer => {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const entry = [ORIENTATION >> 8, ORIENTATION & 0xff, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0];
  const data = Buffer.from([...Buffer.from('Exif\0\0'), ...tiff, 0, 1, ...entry, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([0xff, 0xe1, 0, data.length + 2]), data]);
};
