import { connect } from 'node:net';
import { describe, expect, inject, it } from 'vitest';
import { fetchToken } from '../../local/issuer.ts';
import { Api } from '../../tools/support/api.ts';
import { newUser, pathOf } from '../support/people.ts';

const stack = inject('stack');

/** Sends bytes as they are, and gives what comes back until the other side ends. */
const raw = (bytes: Buffer | string): Promise<{ status: number; headers: string; body: string }> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(stack.http);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.setTimeout(10_000, () => reject(new Error('No end')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const [headers = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n', 2);
      resolve({ status: Number(headers.split(' ')[1]), headers, body });
    });
  });

const lines = (...parts: string[]): string => `${[...parts, 'Connection: close'].join('\r\n')}\r\n\r\n`;

describe('An unusual or malformed request', () => {
  it.each(['[::1', 'a b', 'a:b:c', '%', ''])(
    'with the host "%s" is refused, or answered, but never a 5xx',
    async (host) => {
      const { status } = await raw(lines('GET /thoughts HTTP/1.1', `Host: ${host}`));
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(500);
    },
  );

  it.each(['/users/%', '/users/%ff', '/users/%E0%A4%A', '/thoughts?cursor=%', '/thoughts?%ff=1', '/users/a%2Fb'])(
    'for %s is the fault of who asks',
    async (path) => {
      const { status, body } = await raw(lines(`GET ${path} HTTP/1.1`, 'Host: localhost'));
      expect([400, 404]).toContain(status);
      expect(body).toMatch(/"message"|"code"/);
    },
  );

  it('with a body that is not UTF-8 stores nothing', async () => {
    const alice = await newUser(stack, 'alice');
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const head = lines(
      'POST /thoughts HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${await fetchToken(stack.issuer, alice.username)}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    );
    const answer = await raw(Buffer.concat([Buffer.from(head), body]));
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'invalid_json']);
    expect((await alice.must('GET', `/users/${alice.username}/thoughts`)).body.items).toEqual([]);
  });

  it('without a content type, or with a malformed one, is answered 415', async () => {
    const alice = await newUser(stack, 'alice');
    const token = await fetchToken(stack.issuer, alice.username);
    for (const type of [[], ['Content-Type: /'], ['Content-Type: application/json; x'], ['Content-Type: text/plain']]) {
      const head = lines(
        'POST /thoughts HTTP/1.1',
        'Host: x',
        `Authorization: Bearer ${token}`,
        ...type,
        'Content-Length: 12',
      );
      const { status } = await raw(`${head}{"text":"x"}`);
      // The laptop's gateway refuses by itself what is no type at all.
      expect(type.length === 0 ? [415] : [400, 415], type.join()).toContain(status);
    }
  });

  it('with a body of 100 KB, or of 11 MB, is answered 413', async () => {
    const alice = await newUser(stack, 'alice');
    const answer = await alice.request('POST', '/thoughts', { text: 'x'.repeat(100_000) });
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
    const token = await fetchToken(stack.issuer, alice.username);
    const body = new Uint8Array(11 * 1024 * 1024);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { status } = await fetch(`${stack.http}/thoughts`, { method: 'POST', body, headers });
    expect(status).toBe(413);
  });

  it.each(['false', '0', 'null', '""', '[]'])(
    'with the body %s, which is JSON and no object, is answered 400',
    async (body) => {
      const alice = await newUser(stack, 'alice');
      const headers = {
        authorization: `Bearer ${await fetchToken(stack.issuer, alice.username)}`,
        'content-type': 'application/json',
      };
      const answer = await fetch(`${stack.http}/thoughts`, { method: 'POST', body, headers });
      expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'invalid_request' })]);
    },
  );

  it('for an unknown route gets no list of the known routes', async () => {
    const answer = await new Api(stack, 'x').request('GET', '/nowhere');
    expect([answer.status, answer.body]).toEqual([404, { message: 'Not Found' }]);
  });

  it('without a token is answered as the reference says', async () => {
    const answer = await new Api(stack, 'x').request('GET', '/timeline');
    expect([answer.status, answer.body]).toEqual([401, { message: 'Unauthorized' }]);
  });

  it('from a page of another origin has each CORS header once', async () => {
    const { headers } = await raw(
      lines('GET /nowhere HTTP/1.1', 'Host: localhost', 'Origin: http://elsewhere.example'),
    );
    const names = headers.split('\r\n').map((line) => line.split(':')[0]);
    expect(names).toHaveLength(new Set(names).size);
    expect(names).toContain('access-control-allow-origin');
  });

  it('names one of several versions in If-Match, and none by a number in other digits', async () => {
    const alice = await newUser(stack, 'alice');
    const path = pathOf((await alice.post('one')).body);
    const edit = (tag: string) => alice.request('PATCH', path, { text: 'two' }, { 'if-match': tag });
    expect((await edit('"01"')).status).toBe(412);
    expect((await edit('"7", "1"')).status).toBe(200);
  });

  it('stores a text in composed form, and refuses invisible text and overrides of the writing direction', async () => {
    const alice = await newUser(stack, 'alice');
    expect((await alice.post('e\u0301')).body.text).toBe('\u00e9');
    for (const text of ['\u200b\u2060', '\u202eabc', '\u2066abc', `a${'\u0301'.repeat(40)}`, 'a\u0007']) {
      expect((await alice.request('POST', '/thoughts', { text })).status, JSON.stringify(text)).toBe(400);
    }
    expect((await alice.request('PUT', '/users/me', { name: 'a\nb' })).status).toBe(400);
    expect((await alice.request('PUT', '/users/me', { bio: '\ud800' })).status).toBe(400);
  });

  it('gets a reference page with a strict policy', async () => {
    const { headers } = await fetch(`${stack.http}/docs`);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'sha256-/);
  });
});
