import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { DynamoDbEngine, type Input, isOperation } from '../../../local/aws/dynamodb/engine.ts';
import { tableResource } from '../../../local/dynamodb/table-resource.ts';

/**
 * DynamoDB behind HTTPS, in a process of its own, for first requests: a table is empty when its name is first used. It tells its
 * parent its port and its certificate.
 */
export interface Wire {
  port: number;
  certificate: string;
}

const engine = new DynamoDbEngine();
const tables = new Set<string>();

/** The places in which the operations name tables. */
interface Named {
  TableName?: string;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<string, { TableName: string }>[];
}

const namesIn = ({ TableName, RequestItems = {}, TransactItems = [] }: Named): string[] => [
  ...(TableName === undefined ? [] : [TableName]),
  ...Object.keys(RequestItems),
  ...TransactItems.flatMap((item) => Object.values(item).map((part) => part.TableName)),
];

const execute = (operation: string, input: Named): object => {
  if (!isOperation(operation)) throw new Error(`Nobody knows ${operation}`);
  for (const name of namesIn(input).filter((name) => !tables.has(name))) {
    tables.add(name);
    engine.execute('CreateTable', { ...tableResource().Properties, TableName: name } as never, { now: Date.now() });
  }
  return engine.execute(operation, input as Input<typeof operation>, { now: Date.now() });
};

const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
});
const server = createServer({ key, cert }, async (request, response) => {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const answer = (status: number, body: object) => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(text) };
    response.writeHead(status, headers).end(text);
  };
  try {
    answer(200, execute(operation, (await json(request)) as Named));
  } catch (error) {
    process.stderr.write(`${operation} was refused: ${error}\n`);
    answer(400, { __type: (error as Error).name, message: (error as Error).message });
  }
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, certificate: cert } satisfies Wire);
});
process.once('disconnect', () => process.exit());
