import { describe, expect, it } from 'vitest';
import { readRates } from '../../../src/limits/rates.ts';

describe('the limits', () => {
  it('are the defaults, except for those that are set', () => {
    const rates = readRates('posts=5/3600, frames=20/2');
    expect(rates.posts).toEqual({ burst: 5, everyMs: 720_000 });
    expect(rates.frames).toEqual({ burst: 20, everyMs: 100 });
    expect(rates.follows).toEqual(readRates('').follows);
    expect(Object.keys(rates)).toHaveLength(14);
  });

  it('let a group of 100 be begun twice at once, and 200 people be added in each hour after that', () => {
    expect(readRates('').invitations).toEqual({ burst: 200, everyMs: 18_000 });
  });

  it('can be turned off', () => {
    expect(readRates('none')).toEqual({});
  });

  it.each(['posts', 'posts=5', 'posts=0/60', 'posts=5/0', 'likes=5/60', 'posts=5/60;follows=5/60', 'constructor=5/60'])(
    'are not read from "%s"',
    (text) => {
      expect(() => readRates(text)).toThrow(/LIMITS: ".*" is not <kind>=<count>\/<seconds>/);
    },
  );
});
