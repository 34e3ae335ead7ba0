import { describe, expect, it } from 'vitest';
import {
  connected,
  disconnected,
  ENTRIES_SLACK,
  hasEntries,
  MAX_CONNECTIONS,
  type Presence,
  seen,
} from '../../../src/connections/presence.ts';
import { times } from '../../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;
const settings = { activeMs: 30 * DAY, marginMs: MINUTE };

const presence = (more: Partial<Presence> = {}): Presence => ({
  username: 'bob',
  entriesFrom: 50 * DAY,
  entriesUntil: NOW + 30 * DAY,
  connections: [],
  ...more,
});
const live = (connectionId: string, connectedAt = NOW) => ({
  connectionId,
  connectedAt,
  authExpiresAt: connectedAt + HOUR,
});
const connectionIds = ({ connections }: Presence) => connections.map(({ connectionId }) => connectionId);

describe('who is seen', () => {
  const comeBack = presence({ entriesFrom: NOW + MINUTE });

  it('for the first time has entries from the margin after now', () => {
    expect(seen('bob', undefined, NOW, settings)).toEqual(comeBack);
  });

  it('again within a day has the same presence', () => {
    const before = presence({ entriesUntil: NOW + 29 * DAY });
    expect(seen('bob', before, NOW, settings)).toEqual(before);
  });

  it('after a day has entries for longer', () => {
    expect(seen('bob', presence({ entriesUntil: NOW + 29 * DAY - 1 }), NOW, settings)).toEqual(presence());
  });

  it('after `entriesUntil` has a new `entriesFrom`', () => {
    for (const ahead of [DAY, 0]) {
      expect(seen('bob', presence({ entriesUntil: NOW + ahead }), NOW, settings)).toEqual(presence());
    }
    for (const over of [1, 30 * DAY]) {
      expect(seen('bob', presence({ entriesUntil: NOW - over }), NOW, settings)).toEqual(comeBack);
    }
  });

  it('relies on entries until the stored `entriesUntil`, whatever the setting is now', () => {
    const before = presence({ entriesUntil: NOW + 20 * DAY });
    expect(seen('bob', before, NOW, { ...settings, activeMs: 7 * DAY })).toEqual(before);
    expect(seen('bob', before, NOW, { ...settings, activeMs: 60 * DAY }).entriesUntil).toBe(NOW + 60 * DAY);
  });

  it('keeps the list of connections', () => {
    const before = presence({ entriesUntil: 0, connections: [live('c1')] });
    expect(seen('bob', before, NOW, settings)).toEqual({ ...comeBack, connections: [live('c1')] });
  });
});

describe('entries', () => {
  it('are written for a day longer than readers rely on them, and never for a user who was never seen', () => {
    expect(hasEntries(undefined, NOW)).toBe(false);
    expect(hasEntries(presence({ entriesUntil: NOW - ENTRIES_SLACK }), NOW)).toBe(true);
    expect(hasEntries(presence({ entriesUntil: NOW - ENTRIES_SLACK - 1 }), NOW)).toBe(false);
  });
});

describe('who connects', () => {
  it('has one more connection, and each id once', () => {
    const two = connected(connected(presence(), live('c1'), NOW), live('c2'), NOW);
    expect(connectionIds(two)).toEqual(['c1', 'c2']);
    expect(connectionIds(connected(two, live('c1'), NOW))).toEqual(['c2', 'c1']);
  });

  it('drops the oldest connection of too many', () => {
    const full = presence({ connections: times(MAX_CONNECTIONS, (at) => live(`c${at}`)) });
    expect(connectionIds(connected(full, live('new'), NOW))).toEqual([
      ...times(MAX_CONNECTIONS - 1, (at) => `c${at + 1}`),
      'new',
    ]);
  });

  it('drops connections that the gateway has closed after two hours', () => {
    const old = presence({ connections: [live('over', NOW - 2 * HOUR), live('near', NOW - 2 * HOUR + 1)] });
    expect(connectionIds(connected(old, live('new'), NOW))).toEqual(['near', 'new']);
  });
});

describe('who disconnects', () => {
  it('has one connection less, and the same ones when the connection was not listed', () => {
    const two = presence({ connections: [live('c1'), live('c2')] });
    expect(connectionIds(disconnected(two, 'c1'))).toEqual(['c2']);
    expect(disconnected(two, 'c9')).toEqual(two);
  });
});
