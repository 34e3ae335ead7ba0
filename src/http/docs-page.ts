import { createHash } from 'node:crypto';

/** The browsable reference. It reads `/openapi.json` and needs nothing from elsewhere. */
export const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deep Thoughts: reference</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 2rem 1rem; }
  code, pre { font: 0.9em ui-monospace, monospace; }
  details { border: 1px solid var(--line); border-radius: 8px; margin: 0.5rem 0; }
  summary { padding: 0.6rem 0.9rem; cursor: pointer; display: flex; gap: 0.8rem; align-items: baseline; flex-wrap: wrap; }
  summary b { min-width: 4rem; } summary i { margin-left: auto; opacity: 0.7; font-style: normal; }
  details > div { padding: 0 0.9rem 0.9rem; border-top: 1px solid var(--line); }
  pre { overflow: auto; padding: 0.7rem; border-radius: 6px; background: color-mix(in srgb, currentColor 6%, transparent); }
  table { border-collapse: collapse; width: 100%; } td { padding: 0.25rem 0.6rem 0.25rem 0; vertical-align: top; }
</style>
<h1>Deep Thoughts</h1>
<p>Also as <a href="/openapi.json">OpenAPI</a>; the live protocol as <a href="/asyncapi.json">AsyncAPI</a>.
<main>Loading…</main>
<script type="module">
  const api = await (await fetch('/openapi.json')).json();
  const main = document.querySelector('main');
  main.textContent = '';
  const make = (name, text, ...children) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    element.append(...children);
    return element;
  };
  const resolve = (schema) => (schema?.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema);
  const rows = (list) => make('table', '', ...list.map((cells) => make('tr', '', ...cells.map((cell) => make('td', cell)))));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, route] of Object.entries(methods)) {
      const inside = make('div');
      if (route.parameters.length) {
        inside.append(make('h4', 'Parameters'), rows(route.parameters.map((p) => [p.name, p.in + (p.required ? '' : ', optional'), p.description ?? JSON.stringify(p.schema)])));
      }
      if (route.requestBody) {
        inside.append(make('h4', 'Body'), make('pre', JSON.stringify(resolve(route.requestBody.content['application/json'].schema), null, 2)));
      }
      inside.append(make('h4', 'Answers'), rows(Object.entries(route.responses).map(([status, answer]) => [status, answer.description])));
      const login = route.security.length ? make('i', 'needs a login') : '';
      const summary = make('summary', '', make('b', method.toUpperCase()), make('code', path), make('span', route.summary), login);
      main.append(make('details', '', summary, inside));
    }
  }
</script>
`;

/** The digest under which a policy allows the part between two tags, and no other. */
const digestOf = (tag: string): string => {
  const [, content = ''] = new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, 's').exec(docsPage) ?? [];
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
};

/** What the page may do: its own script and style, and asking where it comes from. Nothing else, and in no frame. */
export const docsPolicy = [
  "default-src 'none'",
  `script-src ${digestOf('script')}`,
  `style-src ${digestOf('style')}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
