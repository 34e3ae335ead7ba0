import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Api, Reply } from './api.ts';

const JSON_1_0 = 'application/x-amz-json-1.0';
/** The most that AWS takes in one request, in bytes. */
const MAX_BODY = 16 * 1024 * 1024;
/** A client that keeps its connection for the next request must not find it closed. */
const KEEP_ALIVE_MS = 600_000;

/** DynamoDB's protocol over HTTP. Signatures are not checked: it listens on the loopback address only. */
export const createHttpServer = (api: Api): Server => {
  const server = createServer((request, response) => {
    // Whoever leaves in the middle of it gets no answer.
    request.on('error', () => response.destroy());
    if (request.method === 'POST') takePost(api, request, response);
    else if (request.method === 'GET') plain(response, 200, 'healthy: dynamodb.local');
    else plain(response, 404, '<UnknownOperationException/>\n');
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
};

const takePost = (api: Api, request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
    else if (!response.headersSent) plain(response, 413, '', { connection: 'close' });
  });
  request.on('end', () => {
    if (size > MAX_BODY) return;
    const body = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString();
    send(response, api.answer(String(request.headers['x-amz-target'] ?? ''), body, Date.now()));
  });
};

const send = (response: ServerResponse, { status, body }: Reply): void => {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': JSON_1_0,
    'content-length': bytes.length,
    'x-amz-crc32': crc32(bytes),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(bytes);
};

const plain = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
};
