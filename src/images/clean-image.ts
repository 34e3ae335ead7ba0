import { cleanGif } from './clean-gif.ts';
import { cleanJpeg } from './clean-jpeg.ts';
import { cleanPng } from './clean-png.ts';
import { cleanWebp } from './clean-webp.ts';
import { type ImageType, typeByContent } from './image-type.ts';

/** What is left of an upload when all that is not the picture is taken away. `refused`: it is no whole image of a type that we take. */
export type CleanOutcome = { kind: 'clean'; contentType: ImageType; bytes: Buffer } | { kind: 'refused' };

/** Each takes the parts of a file that show the picture, and no others; undefined when the file is broken. */
const CLEANERS: Record<ImageType, (bytes: Buffer) => Buffer | undefined> = {
  'image/png': cleanPng,
  'image/jpeg': cleanJpeg,
  'image/gif': cleanGif,
  'image/webp': cleanWebp,
};

/**
 * The image alone: no place, time, camera, author, comment, preview, or anything behind the image's end. The picture itself is
 * not decoded: each part that stays is the same, byte for byte.
 */
export const cleanImage = (bytes: Buffer): CleanOutcome => {
  const contentType = typeByContent(bytes);
  const cleaned = contentType && CLEANERS[contentType](bytes);
  return cleaned ? { kind: 'clean', contentType, bytes: cleaned } : { kind: 'refused' };
};
