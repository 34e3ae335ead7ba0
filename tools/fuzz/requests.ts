import fc from 'fast-check';
import type { Api } from '../support/api.ts';
import { arbitraryOf, type Schema } from './arbitrary.ts';

interface Operation {
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: Schema; required: boolean }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, unknown>;
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

interface Shot {
  method: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
  documented: string[];
}

/** These end the fuzzing itself. */
const LEFT_OUT = ['delete /users/me'];
/** The gateway's own answers, to what never reaches a function. */
const GATEWAY = ['400', '404', '413', '414', '431'];
const NOISE = 3;

/** A generated object may have a `toString` that is no function, so objects become JSON. */
const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Texts that a path, a query or a header can carry; `fetch` itself refuses others. */
const sendable = (value: unknown): string => encodeURIComponent(textOf(value).toWellFormed().slice(0, 1_000));
const headerText = (value: unknown): string =>
  textOf(value)
    .replaceAll(/[^\x21-\x7e]/g, '?')
    .slice(0, 500);

/** Every request that the reference describes, with the values that it names or others. */
const shotsOf = ({ paths, components }: Document): fc.Arbitrary<Shot> => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const wanted = operations.filter(({ method, path }) => !LEFT_OUT.includes(`${method} ${path}`));
  return fc.oneof(
    ...wanted.map(({ method, path, operation }) => {
      const named = operation.parameters.map(({ name, schema }) => [
        name,
        arbitraryOf(schema, components.schemas, NOISE),
      ]);
      const body = operation.requestBody?.content['application/json'].schema;
      return fc
        .record({
          values: fc.record(Object.fromEntries(named), {
            requiredKeys: operation.parameters.filter(({ required }) => required).map(({ name }) => name) as never[],
          }),
          body: body ? arbitraryOf(body, components.schemas, NOISE) : fc.constant(undefined),
        })
        .map(({ values, body }) => shotOf(method, path, operation, values as Record<string, unknown>, body));
    }),
  );
};

const shotOf = (
  method: string,
  path: string,
  operation: Operation,
  values: Record<string, unknown>,
  body: unknown,
): Shot => {
  const of = (where: string) =>
    operation.parameters.filter((one) => one.in === where && Object.hasOwn(values, one.name));
  const query = of('query').map(({ name }) => `${name}=${sendable(values[name])}`);
  const filled = of('path').reduce((text, { name }) => text.replace(`{${name}}`, sendable(values[name]) || '-'), path);
  return {
    method: method.toUpperCase(),
    path: query.length > 0 ? `${filled}?${query.join('&')}` : filled,
    body,
    headers: Object.fromEntries(of('header').map(({ name }) => [name.toLowerCase(), headerText(values[name])])),
    documented: Object.keys(operation.responses),
  };
};

/** Asks, and says what was wrong with the answer; nothing when it was right. */
const fire = async (user: Api, { method, path, body, headers, documented }: Shot): Promise<string | undefined> => {
  const answer = await user.request(method, path, body === undefined ? undefined : JSON.stringify(body), headers);
  const { status } = answer;
  const asked = `${method} ${path} with ${JSON.stringify(body)?.slice(0, 300)}`;
  if (status >= 500) return `${asked} is answered ${status}: ${JSON.stringify(answer.body).slice(0, 300)}`;
  if (![...documented, ...GATEWAY].includes(String(status))) return `${asked}: ${status} is not documented`;
  return undefined;
};

/** Requests until the time is over. @returns how many, and the first that went wrong, made as small as it gets */
export const fuzzRequests = async (document: Document, users: Api[], seed: number, endsAt: number) => {
  let count = 0;
  const property = fc.asyncProperty(shotsOf(document), fc.nat(users.length - 1), async (shot, at) => {
    const user = users[at];
    if (!user || Date.now() > endsAt) return;
    count++;
    const fault = await fire(user, shot);
    if (fault) throw new Error(fault);
  });
  const found = await fc.check(property, { seed, numRuns: 1_000_000, interruptAfterTimeLimit: endsAt - Date.now() });
  return { count, fault: found.failed && found.counterexample ? String(found.errorInstance) : undefined };
};
