import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDbEngine, type Input, isOperation } from '../../../local/aws/dynamodb/engine.ts';

/**
 * DynamoDB at the wire, in a process of its own: the engine that knows AWS's rules, behind HTTP. It tells its parent
 * its port. What it spends is not measured.
 */
const engine = new DynamoDbEngine();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const answer = (status: number, body: object) => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(text) };
    response.writeHead(status, headers).end(text);
  };
  try {
    if (!isOperation(operation)) throw new Error(`Nobody knows ${operation}`);
    const input = JSON.parse(Buffer.concat(chunks).toString()) as Input<typeof operation>;
    const output = engine.execute(operation, input, { now: Date.now() });
    // Its dates would have to be numbers, and nobody looks.
    answer(200, operation === 'CreateTable' ? {} : output);
  } catch (error) {
    answer(400, { __type: (error as Error).name, message: (error as Error).message });
  }
});

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
