import type { IncomingMessage } from 'node:http';

export interface EventContext {
  routeKey: string;
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  connectionId: string;
  /** Milliseconds since 1970. */
  connectedAt: number;
  /** Milliseconds since 1970. */
  now: number;
  domainName: string;
  stage: string;
  userAgent: string | undefined;
  /** What the authorizer said of the connection. */
  authorizer: Record<string, unknown> | undefined;
}

export const API_ID = 'local';
const SOURCE_IP = '127.0.0.1';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
const requestContext = ({ now, userAgent, authorizer, ...same }: EventContext) => {
  const requestId = newRequestId();
  return {
    ...same,
    ...(authorizer && { authorizer }),
    ...(same.eventType === 'MESSAGE' && { messageId: newRequestId() }),
    messageDirection: 'IN',
    requestTimeEpoch: now,
    requestTime: logTime(now),
    requestId,
    extendedRequestId: requestId,
    apiId: API_ID,
    identity: { sourceIp: SOURCE_IP, ...(userAgent !== undefined && { userAgent }) },
  };
};

export const connectEvent = (context: EventContext, request: IncomingMessage) => {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const multiValueHeaders = headersOf(request, context.now);
  return {
    headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join(', ')])),
    multiValueHeaders,
    ...(query.size > 0 && {
      queryStringParameters: Object.fromEntries(query),
      multiValueQueryStringParameters: Object.fromEntries([...query.keys()].map((key) => [key, query.getAll(key)])),
    }),
    requestContext: requestContext(context),
    isBase64Encoded: false,
  };
};

export const messageEvent = (context: EventContext, body: string) => ({
  requestContext: requestContext(context),
  body,
  isBase64Encoded: false,
});

/** The code of a connection that ended without one is 1006. */
export const disconnectEvent = (context: EventContext, code: number, reason: string) => ({
  headers: { Host: context.domainName },
  multiValueHeaders: { Host: [context.domainName] },
  requestContext: { ...requestContext(context), disconnectStatusCode: code, disconnectReason: reason },
  isBase64Encoded: false,
});

/** Headers of the transport to API Gateway, which events do not have. */
const HOP_BY_HOP = ['connection', 'upgrade'];

/** The headers with the client's spelling of their names, and the headers that API Gateway adds. */
const headersOf = ({ rawHeaders, socket }: IncomingMessage, now: number): Record<string, string[]> => {
  const headers: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!HOP_BY_HOP.includes(name.toLowerCase())) (headers[name] ??= []).push(value);
  }
  const port = String(socket.localPort ?? '');
  const trace = `Root=1-${Math.floor(now / 1000).toString(16)}-${newRequestId().replaceAll('-', '').slice(0, 24)}`;
  return {
    ...headers,
    'X-Amzn-Trace-Id': [trace],
    'X-Forwarded-For': [SOURCE_IP],
    'X-Forwarded-Port': [port],
    'X-Forwarded-Proto': ['https'],
  };
};

export const newRequestId = (): string => crypto.randomUUID();

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `21/Nov/2026:18:44:18 +0000`, as in the Common Log Format: https://httpd.apache.org/docs/2.4/logs.html#common */
export const logTime = (ms: number): string => {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
};
