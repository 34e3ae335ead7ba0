import { LocalFunction } from './local-function.ts';
import { type MockResource, mockRoutes } from './mock-routes.ts';
import { readEvents, removeEvents } from './serverless/events.ts';
import type { FunctionConfig } from './serverless/types.ts';
import type { Wiring } from './services.ts';

/** The part of serverless.yml that connects functions to sockets and streams. */
export interface WiredService {
  provider: { timeout?: number };
  functions: Record<string, FunctionConfig>;
  resources: {
    Resources: Record<string, MockResource>;
    extensions?: Record<string, { Properties: object }>;
  };
}

const DEFAULT_TIMEOUT_S = 6;

/**
 * Reads the functions of the WebSocket and stream events, and removes these events from the service, because serverless-offline
 * must serve HTTP only.
 * @param bundles the folder that the functions' bundles are in
 */
export const takeWiring = ({ provider, functions, resources }: WiredService, bundles: string): Wiring => {
  const { sockets, streams } = readEvents(functions);
  removeEvents(functions);
  const targets = new Map(
    Object.entries(functions).map(([name, { handler = '', timeout = provider.timeout ?? DEFAULT_TIMEOUT_S }]) => [
      name,
      new LocalFunction(name, { handler, timeout }, bundles),
    ]),
  );
  const target = (name: string): LocalFunction => {
    const found = targets.get(name);
    if (!found) throw new Error(`serverless.yml has no function ${name}`);
    return found;
  };
  const routes = sockets.map(({ functionName, route, answers }) => ({
    route,
    answers,
    invoke: (event: unknown) => target(functionName).invoke(event),
  }));
  return {
    routes: [...routes, ...mockRoutes(resources.Resources)],
    streams: streams.map(({ functionName, settings }) => ({
      event: settings,
      target: target(functionName),
      hasDestination: hasDestination(functionName, resources.extensions ?? {}),
    })),
  };
};

/** Whether records that a function's mapping gives up are kept, as `resources.extensions` says. */
const hasDestination = (name: string, extensions: Record<string, { Properties: object }>): boolean => {
  const mappingId = `${name.charAt(0).toUpperCase()}${name.slice(1)}EventSourceMapping`;
  return Object.entries(extensions).some(
    ([id, { Properties }]) => id.startsWith(mappingId) && 'DestinationConfig' in Properties,
  );
};
