import { describe, expect, it } from 'vitest';
import { answerJson } from '../../../../../local/aws/dynamodb/json.ts';

describe('an answer as JSON', () => {
  it('has bytes in base64 and dates in seconds, at any depth', () => {
    const bytes = new Uint8Array([1, 2]);
    const answer = { at: new Date(2_000), item: { own: { L: [{ B: bytes }, { BS: [bytes] }] } } };
    expect(JSON.parse(answerJson(answer))).toEqual({ at: 2, item: { own: { L: [{ B: 'AQI=' }, { BS: ['AQI='] }] } } });
  });

  it('leaves the items as they are, for the engine stores the same objects', () => {
    const bytes = new Uint8Array([1, 2]);
    const item = { photo: { B: bytes }, album: { L: [{ B: bytes }] } };
    answerJson({ Item: item });
    expect(item).toEqual({ photo: { B: bytes }, album: { L: [{ B: bytes }] } });
  });

  it('keeps an attribute that is called __proto__', () => {
    const item = JSON.parse('{"__proto__": {"B": null}}');
    item.other = { B: new Uint8Array([1]) };
    expect(answerJson(item)).toBe('{"__proto__":{"B":null},"other":{"B":"AQ=="}}');
  });
});
