import { describe, expect, it } from 'vitest';
import { readChunked, readHead } from '../../../src/signed-http/answer.ts';
import { headersOf } from '../../../src/signed-http/answer-headers.ts';
import { times } from '../../support/world.ts';

const GONE =
  'HTTP/1.1 410 Gone\r\nDate: today\r\ncontent-LENGTH:  15 \r\nConnection: keep-alive\r\n\r\n{"message":""}\n';

describe('the head of an answer', () => {
  it('is complete with its empty line, and not before', () => {
    const bodyAt = GONE.indexOf('{');
    for (const length of times(bodyAt, (at) => at)) {
      expect(readHead(GONE.slice(0, length)), `${length}`).toEqual({ kind: 'incomplete' });
    }
    for (const length of times(16, (at) => bodyAt + at)) {
      expect(readHead(GONE.slice(0, length))).toEqual({
        kind: 'head',
        status: 410,
        text: GONE.slice(0, bodyAt - 2),
        bodyAt,
        body: 15,
        isKept: true,
      });
    }
  });

  it.each([
    ['no words', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['words', 'HTTP/1.1 200 All is well\r\nContent-Length: 0\r\n\r\n'],
  ])('may have %s behind its status', (_, text) => {
    expect(readHead(text)).toMatchObject({ status: 200, body: 0, isKept: true });
  });

  it.each([
    ['chunked, with a length', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
    ['compressed and chunked', 'Transfer-Encoding: gzip, chunked'],
    ['compressed, then chunked', 'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked'],
    ['with two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
    ['with a length that is no number', 'Content-Length: 0x5'],
    ['with a negative length', 'Content-Length: -1'],
    ['with a length beyond all bounds', 'Content-Length: 99999999999'],
    ['with two lengths in one', 'Content-Length: 5, 5'],
  ])('counts for its status alone when the answer is %s', (_, headers) => {
    const head = readHead(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`);
    expect(head).toMatchObject({ status: 200, body: 'unknown', isKept: false });
  });

  it.each([
    ['the last one', 'Content-Length: 5\r\nConnection: close', 5],
    ['the last one, chunked', 'Connection: close\r\nTransfer-Encoding: chunked', 'chunked'],
    ['without a length', 'Date: today', 'end'],
    ['an upgrade', 'Content-Length: 5\r\nconnection:upgrade', 5],
  ])('says that the connection ends with it, when it is %s', (_, headers, body) => {
    expect(readHead(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`)).toMatchObject({ status: 200, body, isKept: false });
  });

  it('may be of HTTP/1.0, which keeps no connection', () => {
    const head = readHead('HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n');
    expect(head).toMatchObject({ status: 200, body: 5, isKept: false });
  });

  it('may say that no body follows, by its status', () => {
    expect(readHead('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({ body: 0, isKept: true });
  });

  it('gives its headers by their names in lower case', () => {
    const { text = '' } = readHead(GONE) as { text?: string };
    expect(headersOf(text)).toEqual({ date: 'today', 'content-length': '15', connection: 'keep-alive' });
  });

  it.each([
    ['of another protocol', 'SSH-2.0-OpenSSH'],
    ['of an older version', 'HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['of a newer version', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['with an interim status', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['with a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['with a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['with nothing but an empty line', '\r\n\r\n'],
    ['that begins in the middle', 'ontent-Length: 0\r\n\r\n'],
    ['without end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(9_000)}`],
    ['that is too long', `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx: ${'x'.repeat(9_000)}\r\n\r\n`],
  ])('is malformed when it is one %s', (_, text) => {
    expect(readHead(text)).toEqual({ kind: 'malformed' });
  });
});

describe('a chunked body', () => {
  const BODY = '5\r\nab\r\nc\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n';

  it('is complete with its last chunk, and not before', () => {
    for (const length of times(BODY.length, (at) => at)) {
      expect(readChunked(Buffer.from(BODY.slice(0, length))), `${length}`).toEqual({ kind: 'incomplete' });
    }
    for (const surplus of ['', 'HTTP/1.1']) {
      const read = readChunked(Buffer.from(BODY + surplus));
      expect(read).toMatchObject({ kind: 'body', endAt: BODY.length });
      expect(String((read as { body?: Buffer }).body)).toBe('ab\r\ncabcdefghijklmnopqrstuvwxyz');
    }
  });

  it.each([
    ['a size that is no number', 'x\r\n'],
    ['no size', '\r\n'],
    ['a size beyond all bounds', '123456789\r\n'],
    ['a negative size', '-1\r\n'],
    ['an extension', '5;a=b\r\nhello\r\n'],
    ['a chunk that is longer than its size', '2\r\nhello\r\n'],
    ['a trailer', '0\r\nDate: today\r\n\r\n'],
  ])('is malformed when it has %s', (_, text) => {
    expect(readChunked(Buffer.from(text))).toEqual({ kind: 'malformed' });
  });
});
