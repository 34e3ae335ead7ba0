import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { logPath } from '../data-folder.ts';
import { Api } from './api.ts';
import { Database } from './database.ts';
import { createHttpServer } from './http-server.ts';
import { LogFile } from './log-file.ts';

/** The engine's thread: connects the database to HTTP, and sends the port and announcements of new records to the parent thread. */
export interface WorkerOptions {
  port: number;
  dataDir: string | undefined;
  expiryDelayMs: number;
}

export type WorkerMessage = { kind: 'ready'; port: number } | { kind: 'records' };

const EXPIRE_EVERY_MS = 1_000;

const { port, dataDir, expiryDelayMs } = workerData as WorkerOptions;
const log = dataDir === undefined ? undefined : new LogFile(logPath(dataDir));
const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);
const database = new Database({ log, expiryDelayMs, onRecords: () => tell({ kind: 'records' }) });
const server = createHttpServer(new Api(database, (message) => process.stderr.write(`${message}\n`)));
setInterval(() => database.expire(Date.now()), EXPIRE_EVERY_MS);
server.listen(port, '127.0.0.1', () => tell({ kind: 'ready', port: (server.address() as AddressInfo).port }));
