/** A route of the WebSocket API. */
export interface GatewayRoute {
  /** `$connect`, `$disconnect`, `$default`, or a value that the selection expression can find in a message. */
  route: string;
  invoke: (event: unknown) => Promise<unknown>;
  /** Whether the function's answer is sent on the socket. */
  answers: boolean;
}

const DEFAULT_ROUTE = '$default';
/** `$request.body.action`, `$request.body.message.type`, also in braces. */
const SELECTION = /^\$(?:request\.body\.([\w.-]+)|\{request\.body\.([\w.-]+)\})$/;

/**
 * Reads a route selection expression.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 * @returns a function that finds the route key of a message: `$default` when the message is not JSON or has no value there
 * @throws Error for an expression that is not a path in the body
 */
export const routeSelection = (expression = '$request.body.action'): ((text: string) => string) => {
  const [, plain, braced] = SELECTION.exec(expression) ?? [];
  const path = (plain ?? braced)?.split('.');
  if (!path)
    throw new Error(
      `The route selection expression ${expression} is not supported: use a path in the body, such as $request.body.action`,
    );
  return (text) => {
    const found = path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], json(text));
    if (found === undefined || found === null || typeof found === 'object') return DEFAULT_ROUTE;
    // A client must not select `$connect` or `$disconnect`.
    return String(found).startsWith('$') ? DEFAULT_ROUTE : String(found);
  };
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The routes by their keys. `$default` takes messages that match no other route. */
export class Routes {
  readonly #routes: Map<string, GatewayRoute>;
  readonly #select: (text: string) => string;

  /** @param expression the route selection expression */
  constructor(routes: GatewayRoute[], expression: string | undefined) {
    this.#routes = new Map(routes.map((route) => [route.route, route]));
    this.#select = routeSelection(expression);
  }

  named(key: '$connect' | '$disconnect'): GatewayRoute | undefined {
    return this.#routes.get(key);
  }

  of(text: string): GatewayRoute | undefined {
    return this.#routes.get(this.#select(text)) ?? this.#routes.get(DEFAULT_ROUTE);
  }
}
