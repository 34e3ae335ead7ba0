import { describe, expect, it } from 'vitest';
import { parseChannel } from '../../../src/connections/channel.ts';

describe('the name of a channel', () => {
  it.each([
    ['timeline', 'timeline'],
    ['all', 'all'],
    ['author:alice', 'author:alice'],
    ['topic:aws', 'topic:aws'],
    ['topic:#AWS', 'topic:aws'],
    ['topic:E\u0301te\u0301', 'topic:\u00e9t\u00e9'],
  ])('has one spelling: %s', (text, channel) => {
    expect(parseChannel(text)).toEqual({ kind: 'channel', channel });
  });

  it.each([
    '',
    'ALL',
    'author',
    'author:',
    'author:Alice',
    'author:me',
    'topic:',
    'topic:a b',
    'topic:a:b',
    'user:alice',
    ':aws',
    'timeline:bob',
  ])('is unknown when there is no such channel: %j', (text) => {
    expect(parseChannel(text)).toEqual({ kind: 'unknown' });
  });
});
