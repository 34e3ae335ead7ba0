import type { IncomingMessage } from 'node:http';

interface EventContext {
  routeKey: string;
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  connectionId: string;
  connectedAt: number;
  now: number;
  domainName: string;
  stage: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
const requestContext = ({ routeKey, eventType, connectionId, connectedAt, now, domainName, stage }: EventContext) => ({
  routeKey,
  eventType,
  connectionId,
  connectedAt,
  messageDirection: 'IN',
  requestTimeEpoch: now,
  requestTime: new Date(now).toUTCString(),
  requestId: crypto.randomUUID(),
  extendedRequestId: crypto.randomUUID(),
  messageId: crypto.randomUUID(),
  apiId: 'local',
  domainName,
  stage,
  identity: { sourceIp: '127.0.0.1' },
});

export const connectEvent = (context: EventContext, request: IncomingMessage) => {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
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

export const disconnectEvent = (context: EventContext, code: number) => ({
  requestContext: { ...requestContext(context), disconnectStatusCode: code, disconnectReason: '' },
  isBase64Encoded: false,
});
