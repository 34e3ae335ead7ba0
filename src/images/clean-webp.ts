/** The chunks that show the picture, animations included. https://developers.google.com/speed/webp/docs/riff_container */
const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP', 'ANIM', 'ANMF']);
const PICTURES = new Set(['VP8 ', 'VP8L', 'ANMF']);
const RIFF_BYTES = 12;
const CHUNK_BYTES = 8;
/** Before the chunks of an animation's frame. */
const FRAME_BYTES = 16;
/** In the first byte of `VP8X`: there is EXIF, there is XMP. */
const METADATA_FLAGS = 0x08 | 0x04;

interface Chunk {
  type: string;
  data: Buffer;
}

/** A WebP without EXIF and XMP; undefined when it does not hold together. */
export const cleanWebp = (bytes: Buffer): Buffer | undefined => {
  if (bytes.length < RIFF_BYTES) return undefined;
  const end = CHUNK_BYTES + bytes.readUInt32LE(4);
  const chunks = end > bytes.length ? undefined : chunksOf(bytes.subarray(RIFF_BYTES, end));
  if (!chunks?.some(({ type }) => PICTURES.has(type))) return undefined;
  const cleaned = chunks.filter(({ type }) => KEPT.has(type)).map(cleanChunk);
  if (!cleaned.every((chunk) => chunk !== undefined)) return undefined;
  return chunkOf('RIFF', Buffer.concat([Buffer.from('WEBP'), ...cleaned]));
};

const cleanChunk = ({ type, data }: Chunk): Buffer | undefined => {
  if (type === 'VP8X' && data.length > 0) {
    const flags = Buffer.from([(data[0] ?? 0) & ~METADATA_FLAGS]);
    return chunkOf(type, Buffer.concat([flags, data.subarray(1)]));
  }
  if (type !== 'ANMF') return chunkOf(type, data);
  const parts = chunksOf(data.subarray(FRAME_BYTES))?.filter((part) => KEPT.has(part.type));
  if (!parts?.some((part) => PICTURES.has(part.type))) return undefined;
  return chunkOf(
    type,
    Buffer.concat([data.subarray(0, FRAME_BYTES), ...parts.map((part) => chunkOf(part.type, part.data))]),
  );
};

const chunksOf = (bytes: Buffer): Chunk[] | undefined => {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + CHUNK_BYTES > bytes.length) return undefined;
    const length = bytes.readUInt32LE(at + 4);
    const start = at + CHUNK_BYTES;
    if (start + length > bytes.length) return undefined;
    chunks.push({ type: bytes.toString('latin1', at, at + 4), data: bytes.subarray(start, start + length) });
    at = start + length + (length % 2);
  }
  return chunks;
};

/** A chunk of an odd length has one more byte. */
const chunkOf = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(CHUNK_BYTES);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};
