import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../../src/protocol/client-frames.ts';
import { tokensOf } from '../../../src/websocket/frame-tokens.ts';
import { times } from '../../support/world.ts';

const since = '019b0000-0000-7000-8000-000000000000';
const names = (count: number) => times(count, (at) => `a${at}`);

describe('the tokens of a frame', () => {
  it.each([
    [{ action: 'ping' }, 1],
    [{ action: 'ping', authors: names(100) }, 24],
    [{ action: 'ping', since }, 21],
    [{ action: 'typing', conversationId: since }, 1],
    [{ action: 'subscribe', channel: 'topic:sea' }, 1],
    [{ action: 'subscribe', channels: names(100) }, 100],
    [{ action: 'unsubscribe', channels: names(100) }, 100],
    [{ action: 'resume', channel: 'timeline', since }, 21],
    [{ action: 'resume', channels: ['timeline', 'all'].map((channel) => ({ channel, since })) }, 22],
    [{ action: 'resume', channel: 'all', since }, 1],
    [{ action: 'resume', since }, 21],
    [{ action: 'resume', channels: names(30).map((channel) => ({ channel, since })) }, 30],
    [{ action: 'history', channel: 'all' }, 5],
    [{ action: 'history', channel: 'all', limit: 3 }, 1],
    [{ action: 'history', channel: 'timeline', limit: 3 }, 21],
    [{ action: 'check' }, 21],
    [{ action: 'check', authors: names(26) }, 22],
    [{ action: 'check', authors: names(100), conversations: true }, 34],
  ])('grow with what it may cost: %j', (frame, tokens) => {
    const parsed = parseFrame(JSON.stringify(frame));
    expect(parsed.kind === 'frame' && tokensOf(parsed.frame)).toBe(tokens);
  });
});
