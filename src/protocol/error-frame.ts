import { FRAME_ERRORS, type FrameErrorCode } from './errors.ts';
import type { ErrorFrame } from './server-frames.ts';

/** @param id of the frame that this answers @param detail in the place of the code's usual words */
export const errorFrame = (code: FrameErrorCode, id?: string, detail?: string): ErrorFrame => ({
  type: 'error',
  ...(id !== undefined && { id }),
  code,
  message: detail ?? FRAME_ERRORS[code],
});
