import type { Page } from 'playwright-core';
import { animatedWebp, type WebpFrame } from './webp.ts';

const GAP = 16;
const QUALITY = 0.82;

interface Size {
  width: number;
  height: number;
}

/** What the drawing page answers: what has changed since the frame before, if anything. */
type Change = { x: number; y: number; width: number; height: number; data: string } | undefined;

/** Two windows side by side, filmed into an animated WebP. A third page draws the frames. */
export class Film {
  readonly #drawing: Page;
  readonly #size: Size;
  readonly #frames: WebpFrame[] = [];

  private constructor(drawing: Page, size: Size) {
    this.#drawing = drawing;
    this.#size = size;
  }

  /** @param window the size of each of the two windows */
  static async start(drawing: Page, window: Size): Promise<Film> {
    const size = { width: 2 * window.width + 3 * GAP, height: window.height + 2 * GAP };
    await drawing.setContent(`<canvas width="${size.width}" height="${size.height}"></canvas>`);
    return new Film(drawing, size);
  }

  /** Takes both windows as they are now. @param ms how long this is seen */
  async take(left: Page, right: Page, ms: number): Promise<void> {
    const shots = await Promise.all([left, right].map(async (page) => (await page.screenshot()).toString('base64')));
    const change = await this.#drawing.evaluate(draw, { shots, gap: GAP, quality: QUALITY });
    const last = this.#frames.at(-1);
    if (change) this.#frames.push({ ...change, ms, webp: Buffer.from(change.data, 'base64') });
    else if (last) last.ms += ms;
  }

  toBuffer(): Buffer {
    return animatedWebp(this.#size.width, this.#size.height, this.#frames);
  }
}

/** Runs in the page: draws both pictures, and cuts out what is not as it was. */
const draw = async ({ shots, gap, quality }: { shots: string[]; gap: number; quality: number }): Promise<Change> => {
  const canvas = document.querySelector('canvas') as HTMLCanvasElement;
  const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true }) as CanvasRenderingContext2D;
  const before = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  pen.fillStyle = '#cfcabd';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let left = gap;
  for (const shot of shots) {
    const image = new Image();
    image.src = `data:image/png;base64,${shot}`;
    await image.decode();
    pen.save();
    pen.beginPath();
    pen.roundRect(left, gap, image.width, image.height, 10);
    pen.clip();
    pen.drawImage(image, left, gap);
    pen.restore();
    left += image.width + gap;
  }
  const after = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  let [top, bottom, start, end] = [canvas.height, -1, canvas.width, -1];
  for (let at = 0; at < after.length; at += 4) {
    if (after[at] === before[at] && after[at + 1] === before[at + 1] && after[at + 2] === before[at + 2]) continue;
    const x = (at / 4) % canvas.width;
    const y = Math.floor(at / 4 / canvas.width);
    [top, bottom, start, end] = [Math.min(top, y), Math.max(bottom, y), Math.min(start, x), Math.max(end, x)];
  }
  if (bottom < 0) return undefined;
  const [x, y] = [start - (start % 2), top - (top % 2)];
  const [width, height] = [end - x + 1, bottom - y + 1];
  const part = new OffscreenCanvas(width, height);
  part.getContext('2d', { alpha: false })?.drawImage(canvas, x, y, width, height, 0, 0, width, height);
  const bytes = new Uint8Array(await (await part.convertToBlob({ type: 'image/webp', quality })).arrayBuffer());
  return { x, y, width, height, data: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
};
