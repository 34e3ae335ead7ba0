import type { Usage } from '../../local/aws/dynamodb/usage.ts';

/** Units of the table that one invocation used. */
export interface Units {
  reads: number;
  writes: number;
}

/** How the simulation distinguishes a function's events. */
interface FunctionEvent {
  routeKey?: string;
  requestContext?: { routeKey?: string };
  queryStringParameters?: { limit?: string };
}

export type AnyHandler = (event: unknown, context: unknown) => Promise<unknown>;

interface MeteredHandlerOptions {
  /** The function's, for events without a route. */
  name: string;
  /** Counts what the environment of the handler uses. */
  usage: Usage;
  handler: AnyHandler;
  /** @param limit of the page that was asked for */
  onUsage: (route: string, units: Units, limit: number) => void;
}

/** A function's handler that tells the units of each invocation. */
export const meteredHandler =
  ({ name, usage, handler, onUsage }: MeteredHandlerOptions) =>
  async (event: FunctionEvent, context: unknown): Promise<unknown> => {
    usage.clear();
    try {
      return await handler(event, context);
    } finally {
      const route = event.routeKey ?? event.requestContext?.routeKey ?? name;
      const limit = Number(event.queryStringParameters?.limit ?? 20);
      onUsage(route, { reads: usage.total('read'), writes: usage.total('write') }, limit);
    }
  };
