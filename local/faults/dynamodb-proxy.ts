import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type Admission, RuleBook } from './dynamodb-rules.ts';
import type { Injector } from './injector.ts';

type BatchRequest = { RequestItems: Record<string, unknown[] | { Keys: unknown[] }> };

const ERROR_PREFIX = 'com.amazonaws.dynamodb.v20120810#';

export interface ProxyOptions {
  /** Restarts the engine; left out when it would lose its data. */
  restart?: (() => Promise<void>) | undefined;
  report: (message: string) => void;
  /** Milliseconds, for the rules' rates; the machine's clock when left out. */
  now?: () => number;
}

/** Stands between the functions and the engine, and at times throttles, conflicts, fails, or leaves items unprocessed. */
export class DynamoDbProxy {
  readonly #target: URL;
  readonly #injector: Injector;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #options: ProxyOptions;
  readonly #rules: RuleBook;
  #restarting: Promise<void> | undefined;

  constructor(endpoint: string, injector: Injector, options: ProxyOptions) {
    this.#target = new URL(endpoint);
    this.#injector = injector;
    this.#options = options;
    this.#rules = new RuleBook(injector.faults.dynamodb.rules, options.now ?? Date.now);
    // A caller that leaves in the middle of a body must not end the process.
    this.#server = createServer((request, response) => this.#handle(request, response).catch(() => response.destroy()));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    await this.#restarting;
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const { dynamodb, engine } = this.#injector.faults;
    const { restart, report } = this.#options;
    if (restart && !this.#restarting && this.#injector.happens('engine.restart', engine.restart)) {
      // This request and those under way meet their end in it.
      this.#restarting = restart()
        .catch((error) => report(`The engine could not be restarted: ${error}`))
        .finally(() => {
          this.#restarting = undefined;
        });
    }
    if (this.#injector.happens('dynamodb.throttle', dynamodb.throttle)) {
      return answer(response, 400, {
        __type: `${ERROR_PREFIX}ProvisionedThroughputExceededException`,
        message: 'Injected',
      });
    }
    if (this.#injector.happens('dynamodb.fail', dynamodb.fail)) {
      return answer(response, 500, { __type: `${ERROR_PREFIX}InternalServerError`, message: 'Injected' });
    }
    if (operation === 'TransactWriteItems' && this.#injector.happens('dynamodb.conflict', dynamodb.conflict)) {
      return answer(response, 400, {
        __type: `${ERROR_PREFIX}TransactionCanceledException`,
        message: 'Injected',
        CancellationReasons: [{ Code: 'TransactionConflict', Message: 'Injected' }],
      });
    }
    const isBatch = operation === 'BatchWriteItem' || operation === 'BatchGetItem';
    if (isBatch && this.#injector.happens('dynamodb.unprocessed', dynamodb.unprocessed)) {
      return this.#forwardHalf(request, response, operation, JSON.parse(body.toString()) as BatchRequest);
    }
    const admission: Admission = this.#injector.isOn
      ? this.#rules.admit(operation, JSON.parse(body.toString()))
      : { kind: 'admitted', release: () => {} };
    if (admission.kind === 'refused') {
      const { name, reasons } = admission.refusal;
      this.#injector.count(`dynamodb.rules.${name}`);
      const told = { __type: `${ERROR_PREFIX}${name}`, message: 'By the rules', CancellationReasons: reasons };
      return answer(response, 400, told);
    }
    try {
      await this.#pass(request, response, body, admission);
    } finally {
      admission.release();
    }
  }

  /** Hands a request on, without what of its batch there was no capacity for. */
  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    { batch }: Extract<Admission, { kind: 'admitted' }>,
  ): Promise<void> {
    const asked = batch
      ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), RequestItems: batch.allowed }))
      : body;
    const forwarded = await this.#forward(request, asked);
    if (batch && forwarded.status === 200) {
      this.#injector.count('dynamodb.rules.unprocessed');
      return answer(response, 200, { ...JSON.parse(forwarded.body.toString()), UnprocessedItems: batch.unprocessed });
    }
    response.writeHead(forwarded.status, forwarded.headers);
    response.end(forwarded.body);
  }

  /** Does the first half of a batch, and gives the other back. */
  async #forwardHalf(request: IncomingMessage, response: ServerResponse, operation: string, batch: BatchRequest) {
    const done: BatchRequest['RequestItems'] = {};
    const left: BatchRequest['RequestItems'] = {};
    for (const [table, part] of Object.entries(batch.RequestItems)) {
      const list = Array.isArray(part) ? part : part.Keys;
      const half = Math.floor(list.length / 2);
      const as = (items: unknown[]) => (Array.isArray(part) ? items : { ...part, Keys: items });
      if (half > 0) done[table] = as(list.slice(0, half));
      left[table] = as(list.slice(half));
    }
    const name = operation === 'BatchWriteItem' ? 'UnprocessedItems' : 'UnprocessedKeys';
    if (Object.keys(done).length === 0) return answer(response, 200, { [name]: left, Responses: {} });
    const forwarded = await this.#forward(request, Buffer.from(JSON.stringify({ ...batch, RequestItems: done })));
    if (forwarded.status !== 200) {
      response.writeHead(forwarded.status, forwarded.headers);
      response.end(forwarded.body);
      return;
    }
    answer(response, 200, { ...JSON.parse(forwarded.body.toString()), [name]: left });
  }

  #forward(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = { ...request.headers, host: this.#target.host, 'content-length': String(body.length) };
      const outgoing = httpRequest(
        {
          host: this.#target.hostname,
          port: this.#target.port,
          method: 'POST',
          path: '/',
          headers,
          agent: this.#agent,
        },
        (incoming) => {
          const type = String(incoming.headers['content-type'] ?? 'application/x-amz-json-1.0');
          const whole = { status: incoming.statusCode ?? 500, headers: { 'content-type': type } };
          bodyOf(incoming).then((answered) => resolve({ ...whole, body: answered }), reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    }).catch((error) => ({
      status: 500,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: Buffer.from(JSON.stringify({ __type: `${ERROR_PREFIX}InternalServerError`, message: String(error) })),
    })) as Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;
  }
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
};
