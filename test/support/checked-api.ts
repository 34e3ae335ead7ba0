import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApi } from '../../src/http/openapi.ts';
import { Api, type ApiAnswer } from '../../tools/support/api.ts';
import { memoryRoutes } from './routes.ts';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

const document = openApi(memoryRoutes());
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ ...document, $id: 'api' });

const paths = Object.entries(document.paths).map(([path, operations]) => ({
  path,
  // `/users/me` goes before `/users/{username}`, as at the gateway.
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  operations: operations as Record<string, Operation>,
}));

const escapePointer = (text: string): string => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

/** What is wrong with an answer by the reference; nothing for a route that the gateway does not know. */
const faultOf = (method: string, url: string, { status, headers, body }: ApiAnswer): string | undefined => {
  const path = new URL(url, 'http://localhost').pathname;
  const name = method.toLowerCase();
  const found = paths.filter((one) => one.pattern.test(path) && one.operations[name]);
  const route = found.find((one) => !one.path.includes('{')) ?? found[0];
  if (!route || status === 401) return undefined;
  const described = route.operations[name]?.responses[status];
  if (!described) return `${status} is no answer of ${method} ${route.path}`;
  if (!described.content) return body === '' ? undefined : `${method} ${route.path} answers a body with ${status}`;
  const [type = ''] = Object.keys(described.content);
  if (!headers.get('content-type')?.startsWith(type)) return `${headers.get('content-type')} is not ${type}`;
  const pointer = ['paths', route.path, name, 'responses', String(status), 'content', type, 'schema'].map(
    escapePointer,
  );
  const validate = ajv.compile({ $ref: `api#/${pointer.join('/')}` });
  return validate(body) ? undefined : `${method} ${route.path} ${status}: ${ajv.errorsText(validate.errors)}`;
};

/** The API as tests use it: every answer is held against the reference. */
export class CheckedApi extends Api {
  override async request(...call: Parameters<Api['request']>): Promise<ApiAnswer> {
    const answer = await super.request(...call);
    const fault = faultOf(call[0], call[1], answer);
    if (fault) throw new Error(fault);
    return answer;
  }
}
