/** Builds the reference from `openapi.json` in the browser. It sets every value as text, never as HTML. */
export const SCRIPT = `
  const api = await (await fetch('openapi.json')).json();
  const make = (name, className, ...children) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  const resolve = (schema = {}) => (schema.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema);
  const jsonOf = (content) => content?.['application/json']?.schema;
  const typeOf = ({ type, enum: values, minimum, maximum, default: usual }) =>
    [values ? values.join(' or ') : type, minimum !== undefined && minimum + ' to ' + maximum, usual !== undefined && 'usually ' + usual]
      .filter(Boolean).join(', ');
  const SAMPLES = {
    'date-time': '2026-01-31T12:00:00.000Z', id: '019b0000-0000-7000-8000-000000000000',
    text: 'Hello #world', topics: 'world', name: 'Alice', bio: 'I think', image: 'alice/1.png', preview: 'Hello',
  };
  /** An example value that the schema allows. */
  const exampleOf = (given, name = '', depth = 0) => {
    const schema = resolve(given);
    const { examples, default: usual, enum: values, const: one, type, format } = schema;
    if (examples || usual !== undefined || values || one !== undefined) return examples?.[0] ?? usual ?? values?.[0] ?? one;
    const options = schema.anyOf ?? schema.oneOf;
    if (options) return exampleOf(options[0], name, depth);
    if (type === 'array') return depth > 5 ? [] : [exampleOf(schema.items, name, depth + 1)];
    if (type === 'object') {
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, value]) => [key, exampleOf(value, key, depth + 1)]));
    }
    if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1);
    if (type === 'boolean') return true;
    return SAMPLES[format] ?? SAMPLES[name] ?? (/^id$|Id$|^thoughts$/.test(name) ? SAMPLES.id : /user|author|member|handle/i.test(name) ? 'alice' : '…');
  };
  /** An example body with all required fields, or with all fields when none is required. */
  const shortest = (body) => {
    const all = exampleOf(body);
    const { required = [] } = resolve(body);
    return required.length > 0 ? Object.fromEntries(required.map((name) => [name, all[name]])) : all;
  };
  /** Text in which backticks mark code. */
  const wordsOf = (text) => text.split('\`').map((part, at) => (at % 2 === 1 ? code(part) : part));
  const pretty = (value) => JSON.stringify(value, null, 2);
  const table = (rows) => make('table', '', ...rows.map((cells) => make('tr', '', ...cells.map((cell) => make('td', '', ...[cell].flat())))));
  const code = (text) => make('code', '', text);
  const curlOf = (method, path, { parameters, requestBody, security }) => {
    const samples = (where) => parameters.filter((one) => one.in === where && (one.required || where === 'path'));
    const filled = samples('path').reduce((text, { name, schema }) => text.replace('{' + name + '}', exampleOf(schema, name)), path);
    const query = samples('query').map(({ name, schema }) => name + '=' + exampleOf(schema, name)).join('&');
    const lines = ['curl' + (method === 'GET' ? '' : ' -X ' + method) + " '" + location.origin + filled + (query && '?' + query) + "'"];
    if (security.length > 0) lines.push('-H "authorization: Bearer $TOKEN"');
    const body = jsonOf(requestBody?.content);
    if (body) lines.push("-H 'content-type: application/json'", "-d '" + JSON.stringify(shortest(body)) + "'");
    return lines.join(' \\\\\\n  ');
  };
  const operationOf = (method, path, route) => {
    const inside = make('div', 'inside');
    const part = (title, ...content) => inside.append(make('h3', '', title), ...content);
    if (route.parameters.length > 0) {
      part('Parameters', table(route.parameters.map(({ name, in: where, required, description, schema }) =>
        [code(name), where + (required ? '' : ', optional'), [description, typeOf(schema)].filter(Boolean).join('; ')])));
    }
    const body = jsonOf(route.requestBody?.content);
    if (body) {
      const { properties = {}, required = [] } = resolve(body);
      part('Body', table(Object.entries(properties).map(([name, value]) =>
        [code(name), required.includes(name) ? 'required' : 'optional', [resolve(value).description, typeOf(resolve(value))].filter(Boolean).join('; ')])));
    }
    part('Example', make('pre', '', curlOf(method, path, route)));
    for (const [status, { content }] of Object.entries(route.responses)) {
      if (status < 300 && jsonOf(content)) inside.append(make('pre', '', pretty(exampleOf(jsonOf(content)))));
    }
    part('Answers', table(Object.entries(route.responses).map(([status, { description }]) => [code(status), wordsOf(description)])));
    const lock = route.security.length > 0 ? make('span', 'lock quiet', 'login') : '';
    const title = make('summary', '', make('span', 'method ' + method, method), code(path), lock, make('span', 'what', route.summary));
    const details = make('details', '', title, inside);
    details.id = method.toLowerCase() + path.replaceAll(/[^a-z.]+/g, '-');
    details.dataset.text = (method + ' ' + path + ' ' + route.summary).toLowerCase();
    details.addEventListener('toggle', () => details.open && history.replaceState(null, '', '#' + details.id));
    return details;
  };

  const groupOf = (path) =>
    path.includes('/thoughts') ? 'thoughts' : /json$|docs$/.test(path) ? 'references' : path.split('/')[1];
  const groups = Map.groupBy(Object.entries(api.paths), ([path]) => groupOf(path));
  const sections = [...groups].map(([name, paths]) => {
    const operations = paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => operationOf(method.toUpperCase(), path, route)));
    const section = make('section', '', make('h2', '', name), ...operations);
    section.id = name;
    return section;
  });
  document.querySelector('#operations').replaceChildren(...sections);
  document.querySelector('nav').append(...sections.map(({ id }) => {
    const link = make('a', '', id);
    link.href = '#' + id;
    return link;
  }));
  const none = document.querySelector('#none');
  document.querySelector('input').addEventListener('input', ({ target }) => {
    const words = target.value.toLowerCase().split(/\\s+/);
    for (const section of sections) {
      const all = [...section.querySelectorAll('details')];
      for (const one of all) one.hidden = !words.every((word) => one.dataset.text.includes(word));
      section.hidden = all.every(({ hidden }) => hidden);
    }
    none.hidden = sections.some(({ hidden }) => !hidden);
  });
  const show = () => {
    const asked = document.getElementById(location.hash.slice(1));
    if (asked instanceof HTMLDetailsElement) asked.open = true;
    asked?.scrollIntoView();
  };
  addEventListener('hashchange', show);
  show();
`;
