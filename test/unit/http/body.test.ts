import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, parseBody } from '../../../src/http/body.ts';

const JSON_BODY = '{"text":"hi"}';
const parse = (body: string, type: string | undefined = 'application/json', isBase64Encoded = false) =>
  parseBody({ headers: { 'content-type': type }, body, isBase64Encoded } as never);

describe('a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="utf-8"',
    'application/problem+json',
  ])('is read as %s', (type) => {
    expect(parse(JSON_BODY, type)).toEqual({ text: 'hi' });
  });

  it.each([
    '',
    'text/plain',
    'application/jsonx',
    'application/json;',
    'application/json; =',
    'application/',
    'text/json',
  ])('is refused as "%s"', (type) => {
    expect(() => parse(JSON_BODY, type)).toThrow(expect.objectContaining({ code: 'unsupported_media_type' }));
  });

  it('is refused without a type', () => {
    expect(() => parseBody({ headers: {}, body: JSON_BODY } as never)).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type' }),
    );
  });

  it('is refused when it has too many bytes, in each encoding', () => {
    const fitting = JSON.stringify('é'.repeat(MAX_BODY_BYTES / 2 - 1));
    expect(parse(fitting)).toHaveLength(MAX_BODY_BYTES / 2 - 1);
    const large = expect.objectContaining({ code: 'payload_too_large', status: 413 });
    expect(() => parse(`${fitting} `)).toThrow(large);
    expect(() => parse(Buffer.from(`${fitting} `).toString('base64'), undefined, true)).toThrow(large);
  });

  it('is refused when it is not UTF-8, and may contain an escaped replacement character', () => {
    const bytes = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]);
    const invalid = expect.objectContaining({ code: 'invalid_json' });
    expect(() => parse(bytes.toString())).toThrow(invalid);
    expect(() => parse(bytes.toString('base64'), undefined, true)).toThrow(invalid);
    expect(parse('{"text":"\\ufffd"}')).toEqual({ text: '\ufffd' });
  });

  it.each(['', '{', '{"text":"hi"} x', 'undefined'])('is refused when it is "%s"', (body) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
  });
});
