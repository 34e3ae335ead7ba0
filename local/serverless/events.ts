import type { FunctionConfig } from './types.ts';

/** A `websocket` event of serverless.yml. */
export interface SocketEvent {
  functionName: string;
  route: string;
  /** Whether the function's answer is sent on the socket. */
  answers: boolean;
  /** The function that decides who may connect, and its identity sources. */
  authorizer?: { functionName: string; identitySources: string[] } | undefined;
}

/** A `stream` event of serverless.yml for a DynamoDB stream. */
export interface StreamEvent {
  functionName: string;
  /** The stream's ARN: a text, or a CloudFormation function. */
  arn: unknown;
  /** All other settings, in the form for `readMappingSettings`. */
  settings: Record<string, unknown>;
}

export interface ServiceEvents {
  sockets: SocketEvent[];
  streams: StreamEvent[];
}

type Functions = Record<string, FunctionConfig>;

/** Reads the WebSocket and stream events of a service. @throws Error for an authorizer that is not a function of this service */
export const readEvents = (functions: Functions): ServiceEvents => {
  const events = Object.entries(functions).flatMap(([functionName, config]) =>
    (config.events ?? []).map((event) => ({ functionName, event })),
  );
  return {
    sockets: events.flatMap(({ functionName, event }) =>
      isSocketEvent(event) ? [socketEvent(functionName, event.websocket as never)] : [],
    ),
    streams: events.flatMap(({ functionName, event }) =>
      isTableStream(event) ? [streamEvent(functionName, event.stream as never)] : [],
    ),
  };
};

/** Removes these events from the service, because serverless-offline must not serve them too. */
export const removeEvents = (functions: Functions): void => {
  for (const config of Object.values(functions)) {
    if (config.events) config.events = config.events.filter((event) => !isSocketEvent(event) && !isTableStream(event));
  }
};

const isSocketEvent = (event: Record<string, unknown>): boolean => event.websocket !== undefined;

/** Without a type, the framework reads the kind of a stream from its ARN. */
const isTableStream = ({ stream }: Record<string, unknown>): boolean => {
  if (typeof stream === 'string') return stream.split(':')[2] === 'dynamodb';
  const { type, arn } = (stream ?? {}) as { type?: string; arn?: unknown };
  return type === 'dynamodb' || (type === undefined && typeof arn === 'string' && arn.split(':')[2] === 'dynamodb');
};

const streamEvent = (functionName: string, stream: string | { arn: unknown }): StreamEvent => {
  if (typeof stream === 'string') return { functionName, arn: stream, settings: {} };
  const { arn, type: _type, ...settings } = stream as Record<string, unknown>;
  return { functionName, arn, settings };
};

interface SocketConfig {
  route: string;
  routeResponseSelectionExpression?: string;
  authorizer?: string | { name?: string; arn?: unknown; identitySource?: string | string[] };
}

const socketEvent = (functionName: string, config: string | SocketConfig): SocketEvent => {
  if (typeof config === 'string') return { functionName, route: config, answers: false };
  const { route, routeResponseSelectionExpression, authorizer } = config;
  return {
    functionName,
    route,
    answers: routeResponseSelectionExpression !== undefined,
    ...(authorizer && { authorizer: authorizerOf(authorizer) }),
  };
};

/** The framework's default: https://www.serverless.com/framework/docs/providers/aws/events/websocket#using-authorizers */
const DEFAULT_SOURCES = ['route.request.header.Auth'];

const authorizerOf = (authorizer: NonNullable<SocketConfig['authorizer']>) => {
  const { name, identitySource = DEFAULT_SOURCES } = typeof authorizer === 'string' ? { name: authorizer } : authorizer;
  if (!name || name.includes(':')) throw new Error('The authorizer of $connect must name a function of this service');
  return { functionName: name, identitySources: [identitySource].flat() };
};
