import { ByteWriter } from './byte-writer.ts';

/** The chunks that show the picture, animations included. https://www.w3.org/TR/png-3/#4Concepts.FormatChunks */
const KEPT = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD'],
  ...['hIST', 'pHYs', 'sPLT', 'acTL', 'fcTL', 'fdAT'],
]);
const SIGNATURE_BYTES = 8;
/** Bytes of a chunk beside its data: length, type and checksum. */
const CHUNK_BYTES = 12;

/** A PNG without texts, times and EXIF; undefined when the file is malformed. */
export const cleanPng = (bytes: Buffer): Buffer | undefined => {
  const kept = new ByteWriter(bytes);
  kept.add(bytes.subarray(0, SIGNATURE_BYTES));
  const types = new Set<string>();
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= bytes.length; ) {
    const end = at + CHUNK_BYTES + bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (end > bytes.length || (types.size === 0 && type !== 'IHDR')) return undefined;
    types.add(type);
    if (KEPT.has(type)) kept.add(bytes.subarray(at, end));
    if (type === 'IEND') return types.has('IDAT') ? kept.whole() : undefined;
    at = end;
  }
  return undefined;
};
