import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface HttpApiEvent {
  method: string;
  path: string;
  authorizer?: { name: string };
}

interface Configuration {
  functions: Record<
    string,
    {
      events: {
        httpApi?: HttpApiEvent;
        websocket?: { route: string };
        stream?: { type: string; arn: string } & Record<string, unknown>;
      }[];
    }
  >;
}

const configuration = (): Configuration => {
  const text = readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const tags = ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({ tag, resolve: (value: string) => value }));
  return parse(text, { customTags: tags }) as Configuration;
};

/** The settings of the stream's event source mapping. */
export const mappingSettings = (): object => {
  const { type: _type, arn: _arn, ...settings } = configuration().functions.stream?.events[0]?.stream ?? {};
  return settings;
};

/** The HTTP routes as serverless.yml lists them: route key, and whether the gateway checks a token. */
export const listedRoutes = (): Map<string, boolean> => {
  const { functions } = configuration();
  const events = Object.values(functions).flatMap(({ events: all }) => all.flatMap(({ httpApi }) => httpApi ?? []));
  return new Map(events.map(({ method, path, authorizer }) => [`${method} ${path}`, authorizer !== undefined]));
};
