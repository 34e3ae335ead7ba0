import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { type Input, isOperation, type Operation } from '../../aws/dynamodb/engine.ts';
import { serialization } from '../../aws/dynamodb/errors.ts';
import { answerJson } from '../../aws/dynamodb/json.ts';
import {
  describeStream,
  getRecordsJson,
  getShardIterator,
  listStreams,
} from '../../aws/dynamodb-streams/operations.ts';
import type { Database } from './database.ts';
import { LogWriteError } from './log-file.ts';
import { REQUESTS, STREAM_REQUESTS } from './requests.ts';
import { takeRequest } from './shapes.ts';

export interface Reply {
  status: number;
  /** JSON. */
  body: string;
}

const TABLES = 'DynamoDB_20120810';
const STREAMS = 'DynamoDBStreams_20120810';
type StreamOperation = keyof typeof STREAM_REQUESTS;
const isStreamOperation = (name: string): name is StreamOperation => Object.hasOwn(STREAM_REQUESTS, name);

/** What each operation of the stream answers, as JSON. */
const STREAM_ANSWERS: Record<StreamOperation, (database: Database, input: object, now: number) => string> = {
  ListStreams: ({ streams }, input) => answerJson(listStreams(streams, input)),
  DescribeStream: ({ streams }, input, now) => answerJson(describeStream(streams, input as never, now)),
  GetShardIterator: ({ streams }, input, now) => answerJson(getShardIterator(streams, input as never, now)),
  GetRecords: ({ streams }, input, now) => getRecordsJson(streams, input as never, now),
};

/**
 * DynamoDB's JSON protocol without HTTP: the target and the body of a request, the status and the body of its answer.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export class Api {
  readonly #database: Database;
  readonly #report: (message: string) => void;

  /** @param report is told of faults of the engine itself */
  constructor(database: Database, report: (message: string) => void) {
    this.#database = database;
    this.#report = report;
  }

  /**
   * @param target the header X-Amz-Target: service and operation
   * @throws LogWriteError when a change can't be written to the log
   */
  answer(target: string, body: string, now: number): Reply {
    try {
      return { status: 200, body: this.#answer(target, body, now) };
    } catch (error) {
      if (error instanceof DynamoDBServiceException) return refusal(error);
      if (error instanceof LogWriteError) throw error;
      this.#report(`${target} failed: ${error instanceof Error ? error.stack : error}`);
      const type = 'com.amazonaws.dynamodb.v20120810#InternalServerError';
      return { status: 500, body: JSON.stringify({ __type: type, message: 'Internal server error' }) };
    }
  }

  #answer(target: string, body: string, now: number): string {
    const [service, operation = '', ...more] = target.split('.');
    if (more.length > 0) throw unknownOperation();
    if (service === TABLES && isOperation(operation)) return this.#execute(operation, body, now);
    if (service === STREAMS && isStreamOperation(operation)) {
      return STREAM_ANSWERS[operation](this.#database, takeRequest(STREAM_REQUESTS[operation], parse(body)), now);
    }
    throw unknownOperation();
  }

  #execute<O extends Operation>(operation: O, body: string, now: number): string {
    const input = takeRequest(REQUESTS[operation], parse(body));
    return answerJson(this.#database.execute(operation, input as Input<O>, now));
  }
}

const unknownOperation = () =>
  new DynamoDBServiceException({
    name: 'UnknownOperationException',
    $fault: 'client',
    message: 'This engine does not know the operation',
    $metadata: { httpStatusCode: 400 },
  });

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw serialization('The body is no JSON');
  }
};

/** AWS's error names have a prefix that says which service raised them. */
const PREFIXES: Record<string, string> = {
  ValidationException: 'com.amazon.coral.validate#',
  SerializationException: 'com.amazon.coral.service#',
  UnknownOperationException: 'com.amazon.coral.service#',
};
/** The errors whose body has `Message` with a capital letter. */
const CAPITAL = ['SerializationException', 'TransactionCanceledException', 'IdempotentParameterMismatchException'];

const refusal = (error: DynamoDBServiceException): Reply => {
  const { name, message, $metadata } = error;
  const { Item, CancellationReasons } = error as { Item?: unknown; CancellationReasons?: unknown };
  const body = answerJson({
    __type: `${PREFIXES[name] ?? 'com.amazonaws.dynamodb.v20120810#'}${name}`,
    [CAPITAL.includes(name) ? 'Message' : 'message']: message,
    ...(Item !== undefined && { Item }),
    ...(CancellationReasons !== undefined && { CancellationReasons }),
  });
  return { status: $metadata.httpStatusCode ?? 400, body };
};
