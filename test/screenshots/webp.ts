/** A part of an animation's canvas that changes, as a WebP image of its own. */
export interface WebpFrame {
  /** Even numbers: the format counts in twos. */
  x: number;
  y: number;
  width: number;
  height: number;
  ms: number;
  webp: Buffer;
}

const bytes = (value: number, count: number): Buffer => {
  const buffer = Buffer.alloc(count);
  buffer.writeUIntLE(value, 0, count);
  return buffer;
};

const chunk = (name: string, ...parts: Buffer[]): Buffer => {
  const data = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(name, 'latin1'), bytes(data.length, 4), data, Buffer.alloc(data.length % 2)]);
};

/** The chunks of a still image that hold the picture itself. */
const pictureOf = (webp: Buffer): Buffer => {
  const kept: Buffer[] = [];
  for (let at = 12; at < webp.length; ) {
    const name = webp.toString('latin1', at, at + 4);
    const length = webp.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (['ALPH', 'VP8 ', 'VP8L'].includes(name)) kept.push(webp.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
};

/**
 * Puts still images together into an animation that goes on for ever.
 * @see https://developers.google.com/speed/webp/docs/riff_container
 */
export const animatedWebp = (width: number, height: number, frames: WebpFrame[]): Buffer => {
  const isAnimated = 0x02;
  const doesNotBlend = 0x02;
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', bytes(isAnimated, 4), bytes(width - 1, 3), bytes(height - 1, 3)),
    chunk('ANIM', bytes(0xffffffff, 4), bytes(0, 2)),
    ...frames.map((frame) =>
      chunk(
        'ANMF',
        ...[frame.x / 2, frame.y / 2, frame.width - 1, frame.height - 1, frame.ms].map((value) => bytes(value, 3)),
        bytes(doesNotBlend, 1),
        pictureOf(frame.webp),
      ),
    ),
  ]);
  return Buffer.concat([Buffer.from('RIFF', 'latin1'), bytes(body.length, 4), body]);
};
