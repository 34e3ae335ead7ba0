import { describe, expect, it } from 'vitest';
import { readHead } from '../../../../src/push/fast-post/answer.ts';
import { times } from '../../../support/world.ts';

const GONE =
  'HTTP/1.1 410 Gone\r\nDate: today\r\ncontent-LENGTH:  15 \r\nConnection: keep-alive\r\n\r\n{"message":""}\n';

describe('the head of an answer', () => {
  it('is complete with its empty line, and not before', () => {
    const bodyAt = GONE.indexOf('{');
    for (const length of times(bodyAt, (at) => at)) {
      expect(readHead(GONE.slice(0, length)), `${length}`).toEqual({ kind: 'incomplete' });
    }
    for (const length of times(16, (at) => bodyAt + at)) {
      expect(readHead(GONE.slice(0, length))).toEqual({ kind: 'head', status: 410, bodyAt, bodyBytes: 15 });
    }
  });

  it.each([
    ['no words', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['words', 'HTTP/1.1 200 All is well\r\nContent-Length: 0\r\n\r\n'],
  ])('may have %s behind its status', (_, text) => {
    expect(readHead(text)).toMatchObject({ status: 200, bodyBytes: 0 });
  });

  it.each([
    ['chunked', 'Transfer-Encoding: chunked'],
    ['chunked, with a length', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['without a length', 'Date: today'],
    ['with two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
    ['with a length that is no number', 'Content-Length: 0x5'],
    ['with a negative length', 'Content-Length: -1'],
    ['with a length beyond all bounds', 'Content-Length: 99999999999'],
    ['with two lengths in one', 'Content-Length: 5, 5'],
    ['that ends the connection', 'Content-Length: 5\r\nConnection: close'],
    ['that upgrades the connection', 'Content-Length: 5\r\nconnection:upgrade'],
  ])('counts for its status alone when the answer is %s', (_, headers) => {
    expect(readHead(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`)).toMatchObject({ status: 200, bodyBytes: undefined });
  });

  it.each([
    ['of another protocol', 'SSH-2.0-OpenSSH'],
    ['of an older version', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
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
