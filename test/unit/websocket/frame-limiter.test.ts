import { describe, expect, it } from 'vitest';
import { FrameLimiter } from '../../../src/websocket/frame-limiter.ts';
import { times } from '../../support/world.ts';

describe('the frames of a connection', () => {
  it('are limited for each connection separately, and are granted again after a time', () => {
    let now = 0;
    const limiter = new FrameLimiter({ now: () => now, rate: { burst: 3, everyMs: 100 } });
    expect(times(4, () => limiter.take('a').kind)).toEqual(['granted', 'granted', 'granted', 'limited']);
    expect(limiter.take('b').kind).toBe('granted');
    now = 100;
    expect(times(2, () => limiter.take('a').kind)).toEqual(['granted', 'limited']);
  });

  it('pay for what they have used, also when it is more than the connection has', () => {
    let now = 0;
    const limiter = new FrameLimiter({ now: () => now, rate: { burst: 10, everyMs: 100 } });
    expect(limiter.take('a').kind).toBe('granted');
    limiter.charge('a', 6.5);
    expect(times(3, () => limiter.take('a').kind)).toEqual(['granted', 'granted', 'limited']);
    limiter.charge('a', 20);
    expect(limiter.take('b').kind).toBe('granted');
    now = 2_040;
    expect(limiter.take('a').kind).toBe('limited');
    now = 2_050;
    expect(times(2, () => limiter.take('a').kind)).toEqual(['granted', 'limited']);
  });

  it('are a flood after 500 that were refused in a row', () => {
    const limiter = new FrameLimiter({ now: () => 0, rate: { burst: 1, everyMs: 100 } });
    const kinds = times(1_001, () => limiter.take('a').kind);
    expect(kinds.flatMap((kind, at) => (kind === 'flooding' ? [at] : []))).toEqual([500, 1_000]);
  });

  it('are never refused without a limit', () => {
    const limiter = new FrameLimiter({ now: () => 0, rate: undefined });
    expect(new Set(times(1_000, () => limiter.take('a').kind))).toEqual(new Set(['granted']));
  });
});
