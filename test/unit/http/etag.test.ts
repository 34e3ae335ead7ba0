import { describe, expect, it } from 'vitest';
import { expectedVersions } from '../../../src/http/etag.ts';

const of = (header: string | undefined) => expectedVersions({ 'if-match': header });

describe('If-Match', () => {
  it('names versions, several in a list, or any', () => {
    expect(of(undefined)).toBeUndefined();
    expect(of(' * ')).toBeUndefined();
    expect(of('"7"')).toEqual([7]);
    expect(of('"1", "7"')).toEqual([1, 7]);
    expect(of('"other", W/"3","7"')).toEqual([7]);
  });

  it.each(['"01"', '01', '7', 'W/"7"', '"0"', '"-1"', '"1e1"', '', 'yesterday', '"1234567890123456"'])(
    '%s matches nothing',
    (tag) => {
      expect(() => of(tag)).toThrow(expect.objectContaining({ code: 'stale_version' }));
    },
  );
});
