import { cleanGif } from './clean-gif.ts';
import { cleanJpeg } from './clean-jpeg.ts';
import { cleanPng } from './clean-png.ts';
import { cleanWebp } from './clean-webp.ts';
import type { ImageType } from './image-type.ts';
import { typeByContent } from './type-by-content.ts';

/** An upload with the picture only. `refused`: it is not a complete image of an allowed type. */
export type CleanOutcome = { kind: 'clean'; contentType: ImageType; bytes: Buffer } | { kind: 'refused' };

/** Each function keeps only the parts of a file that show the picture. It returns undefined when the file is malformed. */
const CLEANERS: Record<ImageType, (bytes: Buffer) => Buffer | undefined> = {
  'image/png': cleanPng,
  'image/jpeg': cleanJpeg,
  'image/gif': cleanGif,
  'image/webp': cleanWebp,
};

/**
 * Removes place, time, camera, author, comments, previews and everything after the image's end. The picture is not decoded:
 * the parts that are kept are the same, byte for byte.
 */
export const cleanImage = (bytes: Buffer): CleanOutcome => {
  const contentType = typeByContent(bytes);
  const cleaned = contentType && CLEANERS[contentType](bytes);
  return cleaned ? { kind: 'clean', contentType, bytes: cleaned } : { kind: 'refused' };
};
