import { parentPort } from 'node:worker_threads';
import { cleanImage } from '../../src/images/clean-image.ts';

const BYTES = 2_000_000;

/** A file of the smallest parts that stay. */
const filled = (start: string, part: string, end = ''): Buffer =>
  Buffer.from(start + part.repeat(BYTES / part.length) + end, 'latin1');

const webp = filled('RIFF\0\0\0\0WEBP', 'VP8 \0\0\0\0');
webp.writeUInt32LE(webp.length - 8, 4);

const FILES = [
  filled('GIF89a\x01\0\x01\0\0\0\0', '\x21\xf9\x04\0\0\0\0\0', '\x2c\0\0\0\0\x01\0\x01\0\0\x02\0\x3b'),
  filled('\xff\xd8', '\xff\xda\0\x02', '\xff\xd9'),
  filled('\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0', '\0\0\0\0IDAT\0\0\0\0', '\0\0\0\0IEND\0\0\0\0'),
  webp,
];

/** Cleans each file in a worker, whose memory can be limited. It answers how many bytes each has grown by. */
parentPort?.postMessage(
  FILES.map((file) => {
    const outcome = cleanImage(file);
    return outcome.kind === 'clean' ? outcome.bytes.length - file.length : outcome.kind;
  }),
);
