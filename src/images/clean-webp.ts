import { ByteWriter } from './byte-writer.ts';

/** The chunks that show the picture, animations included. https://developers.google.com/speed/webp/docs/riff_container */
const OF_FILE = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP', 'ANIM', 'ANMF']);
/** The chunks that show the picture within an animation's frame. */
const OF_FRAME = new Set(['VP8 ', 'VP8L', 'ALPH']);
const PICTURES = new Set(['VP8 ', 'VP8L', 'ANMF']);
const RIFF_BYTES = 12;
const CHUNK_BYTES = 8;
/** Bytes of an animation frame's header, before its chunks. */
const FRAME_BYTES = 16;
/** Flags in the first byte of `VP8X`: the file has EXIF, the file has XMP. */
const METADATA_FLAGS = 0x08 | 0x04;
const PADDING = Buffer.alloc(1);

/** A WebP without EXIF and XMP; undefined when the file is malformed. */
export const cleanWebp = (bytes: Buffer): Buffer | undefined => {
  if (bytes.length < RIFF_BYTES) return undefined;
  const end = CHUNK_BYTES + bytes.readUInt32LE(4);
  if (end > bytes.length) return undefined;
  const kept = new ByteWriter(bytes);
  kept.add(bytes.subarray(0, RIFF_BYTES));
  const isWhole = keepChunks(bytes.subarray(RIFF_BYTES, end), OF_FILE, kept);
  kept.setUInt32LE(4, kept.length - CHUNK_BYTES);
  return isWhole ? kept.whole() : undefined;
};

/** @returns whether the chunks are well-formed, and one of them is a picture */
const keepChunks = (bytes: Buffer, types: Set<string>, kept: ByteWriter): boolean => {
  let pictures = 0;
  for (let at = 0; at < bytes.length; ) {
    if (at + CHUNK_BYTES > bytes.length) return false;
    const length = bytes.readUInt32LE(at + 4);
    const end = at + CHUNK_BYTES + length;
    const type = bytes.toString('latin1', at, at + 4);
    if (end > bytes.length) return false;
    if (types.has(type) && !keepChunk(type, bytes.subarray(at, end), kept)) return false;
    if (types.has(type) && PICTURES.has(type)) pictures++;
    at = end + (length % 2);
  }
  return pictures > 0;
};

/** Keeps one chunk. A chunk of odd length is padded with one byte. */
const keepChunk = (type: string, chunk: Buffer, kept: ByteWriter): boolean => {
  const start = kept.length;
  if (type === 'ANMF') {
    const frame = CHUNK_BYTES + FRAME_BYTES;
    kept.add(chunk.subarray(0, frame));
    if (!keepChunks(chunk.subarray(frame), OF_FRAME, kept)) return false;
    kept.setUInt32LE(start + 4, kept.length - start - CHUNK_BYTES);
  } else kept.add(type === 'VP8X' ? withoutMetadataFlags(chunk) : chunk);
  if ((kept.length - start) % 2 === 1) kept.add(PADDING);
  return true;
};

const withoutMetadataFlags = (chunk: Buffer): Buffer => {
  const copy = Buffer.from(chunk);
  if (chunk.length > CHUNK_BYTES) copy[CHUNK_BYTES] = (chunk[CHUNK_BYTES] ?? 0) & ~METADATA_FLAGS;
  return copy;
};
