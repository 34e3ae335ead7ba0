import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { GatewayRoute } from '../../local/gateway/routes.ts';
import { type MockResource, mockRoutes } from '../../local/mock-routes.ts';

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

const read = (path: string): unknown => {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const tags = ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({ tag, resolve: (value: string) => value }));
  return parse(text, { customTags: tags });
};

const configuration = (): Configuration => read('serverless.yml') as Configuration;

/** The route that API Gateway answers by itself. */
export const heartbeatRoutes = (): GatewayRoute[] => {
  const { Resources } = read('infrastructure/heartbeat.yml') as { Resources: Record<string, MockResource> };
  return mockRoutes(Resources);
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
