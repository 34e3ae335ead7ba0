import { extname } from 'node:path';

/** The files that run in their own thread or process. They are beside the sources, or beside the installed bundle. */
const extension = extname(new URL(import.meta.url).pathname);
const isBundle = extension === '.js';

export const ENGINE_WORKER = new URL(isBundle ? './engine-worker.js' : '../dynamodb/server/worker.ts', import.meta.url);
export const FUNCTION_HOST = new URL(`./function-host${extension}`, import.meta.url);
export const PRELOAD = new URL(`./preload${extension}`, import.meta.url);
