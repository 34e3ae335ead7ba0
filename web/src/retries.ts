import { ApiError } from './api/api.ts';

/** Whether a read is tried again: not when the server has said what is wrong with it. */
export const retries = (failures: number, error: Error): boolean =>
  failures < 3 && !(error instanceof ApiError && error.status < 500 && error.status !== 429);
