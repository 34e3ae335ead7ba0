import { STATUS_CODES } from 'node:http';

interface Answer {
  isBoom?: boolean;
  statusCode?: number;
  headers?: Record<string, unknown>;
  source?: unknown;
  output?: { statusCode: number; payload: object; headers: Record<string, unknown> };
}

interface Request {
  mime?: string | null;
  raw: { req: { rawHeaders: string[] } };
  headers: Record<string, string | undefined>;
  response: Answer;
}

interface Toolkit {
  continue: symbol;
}

/** As much of serverless-offline's HTTP server as is touched here. */
export interface GatewayServer {
  ext(event: 'onPreHandler' | 'onPreResponse', method: (request: Request, toolkit: Toolkit) => unknown): void;
}

const EXPOSED = 'access-control-expose-headers';

/** serverless-offline parses bodies of JSON's type, and hands over `false` and `0` as parsed; API Gateway hands over text. */
const TEXT = 'text/plain';

/** https://www.rfc-editor.org/rfc/rfc9110#section-8.3-5 */
const UNKNOWN_TYPE = 'application/octet-stream';

const changed = new WeakSet<GatewayServer>();

/** What API Gateway says when it answers by itself. */
const messageOf = (status: number): string => {
  if (status === 413) return 'Request Entity Too Large';
  return STATUS_CODES[status] ?? 'Error';
};

/**
 * Makes the laptop's gateway answer by itself as API Gateway does: with a message and nothing else. serverless-offline lists
 * its routes to who asks for another one, sends one of the CORS headers twice, calls JSON what has no content type, and parses
 * bodies that are JSON.
 */
export const answerAsGateway = (server: GatewayServer): void => {
  if (changed.has(server)) return;
  changed.add(server);
  server.ext('onPreHandler', (request, { continue: goOn }) => {
    const { headers, raw } = request;
    if (headers['content-type'] === undefined) raw.req.rawHeaders.push('content-type', UNKNOWN_TYPE);
    request.mime = TEXT;
    return goOn;
  });
  server.ext('onPreResponse', ({ headers: asked, response }, { continue: goOn }) => {
    if (response.isBoom && response.output) {
      // The framework takes a host that is none for a fault of its own.
      if (!URL.canParse(`http://${asked.host ?? ''}`)) response.output.statusCode = 400;
      response.output.payload = { message: messageOf(response.output.statusCode) };
    } else if (isListOfRoutes(response.source)) {
      response.source = { message: 'Not Found' };
    }
    const { headers } = response.output ?? response;
    const exposed = headers?.[EXPOSED];
    if (headers && typeof exposed === 'string') headers[EXPOSED] = [...new Set(exposed.split(','))].join(',');
    return goOn;
  });
};

const isListOfRoutes = (source: unknown): boolean =>
  typeof source === 'object' && source !== null && 'existingRoutes' in source;
