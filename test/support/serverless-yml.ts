import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface HttpApiEvent {
  method: string;
  path: string;
  authorizer?: { name: string };
}

interface Configuration {
  functions: Record<string, { events: { httpApi?: HttpApiEvent; websocket?: { route: string }; stream?: object }[] }>;
}

/** The HTTP routes as serverless.yml lists them: route key, and whether the gateway checks a token. */
export const listedRoutes = (): Map<string, boolean> => {
  const text = readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const tags = ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({ tag, resolve: (value: string) => value }));
  const { functions } = parse(text, { customTags: tags }) as Configuration;
  const events = Object.values(functions).flatMap(({ events: all }) => all.flatMap(({ httpApi }) => httpApi ?? []));
  return new Map(events.map(({ method, path, authorizer }) => [`${method} ${path}`, authorizer !== undefined]));
};
