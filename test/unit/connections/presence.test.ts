import { describe, expect, it } from 'vitest';
import {
  connected,
  disconnected,
  isActive,
  MAX_CONNECTIONS,
  type Presence,
  seen,
} from '../../../src/connections/presence.ts';
import { times } from '../../support/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;

const presence = (more: Partial<Presence> = {}): Presence => ({
  username: 'bob',
  lastSeenAt: NOW,
  needsRebuild: false,
  connections: [],
  ...more,
});
const live = (cid: string, connectedAt = NOW) => ({ cid, connectedAt, authExpiresAt: connectedAt + HOUR });
const cids = ({ connections }: Presence) => connections.map(({ cid }) => cid);

describe('who is seen', () => {
  it('for the first time needs a timeline', () => {
    expect(seen('bob', undefined, NOW, 30)).toEqual(presence({ needsRebuild: true }));
  });

  it('again within a day is as before', () => {
    const before = presence({ lastSeenAt: NOW - DAY });
    expect(seen('bob', before, NOW, 30)).toEqual(before);
  });

  it('after a day is seen now', () => {
    expect(seen('bob', presence({ lastSeenAt: NOW - DAY - 1 }), NOW, 30)).toEqual(presence());
  });

  it('after too long needs a rebuild, exactly when no longer active before', () => {
    for (const away of [29 * DAY, 30 * DAY, 30 * DAY + 1, 60 * DAY]) {
      const before = presence({ lastSeenAt: NOW - away });
      expect(seen('bob', before, NOW, 30).needsRebuild).toBe(!isActive(before, NOW, 30));
    }
  });

  it('keeps the mark until the rebuild is done', () => {
    expect(seen('bob', presence({ needsRebuild: true }), NOW + DAY, 30).needsRebuild).toBe(true);
  });

  it('never is not active', () => {
    expect(isActive(undefined, NOW, 30)).toBe(false);
    expect(isActive(presence(), NOW, 30)).toBe(true);
  });
});

describe('who connects', () => {
  it('has one more connection, each once', () => {
    const two = connected(connected(presence(), live('c1'), NOW), live('c2'), NOW);
    expect(cids(two)).toEqual(['c1', 'c2']);
    expect(cids(connected(two, live('c1'), NOW))).toEqual(['c2', 'c1']);
  });

  it('gives up the oldest of too many', () => {
    const full = presence({ connections: times(MAX_CONNECTIONS, (at) => live(`c${at}`)) });
    expect(cids(connected(full, live('new'), NOW))).toEqual([
      ...times(MAX_CONNECTIONS - 1, (at) => `c${at + 1}`),
      'new',
    ]);
  });

  it('forgets those that the gateway has closed by now', () => {
    const old = presence({ connections: [live('over', NOW - 2 * HOUR), live('near', NOW - 2 * HOUR + 1)] });
    expect(cids(connected(old, live('new'), NOW))).toEqual(['near', 'new']);
  });
});

describe('who disconnects', () => {
  it('has one connection less, and no less when it was gone', () => {
    const two = presence({ connections: [live('c1'), live('c2')] });
    expect(cids(disconnected(two, 'c1'))).toEqual(['c2']);
    expect(disconnected(two, 'c9')).toEqual(two);
  });
});
