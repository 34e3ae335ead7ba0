import { FRAME_ERRORS, type FrameErrorCode } from './errors.ts';
import type { ErrorFrame } from './server-frames.ts';

/** @param id the id of the frame that this answers @param detail replaces the usual message of the code */
export const errorFrame = (code: FrameErrorCode, id?: string, detail?: string): ErrorFrame => ({
  type: 'error',
  ...(id !== undefined && { id }),
  code,
  message: detail ?? FRAME_ERRORS[code],
});
