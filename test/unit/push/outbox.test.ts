import { describe, expect, it } from 'vitest';
import { happeningOf } from '../../../src/protocol/live-event.ts';
import { Outbox } from '../../../src/push/outbox.ts';
import { aThought } from '../../support/thoughts.ts';

const connection = (cid: string) => ({ cid, username: 'bob', connectedAt: 0, authExpiresAt: 1 });

describe('an outbox', () => {
  it('holds an event once for a connection, with all the channels it came by', () => {
    const outbox = new Outbox();
    const happening = happeningOf(aThought());
    for (const channel of ['timeline', 'author:alice', 'timeline', 'all'])
      outbox.add(connection('c1'), channel, happening);
    outbox.add(connection('c2'), 'all', happening);
    expect(outbox.take()).toMatchObject([
      {
        connection: connection('c1'),
        events: [{ ...happening, channels: ['timeline', 'author:alice', 'all'] }],
        gaps: [],
        relations: [],
      },
      { connection: connection('c2'), events: [{ ...happening, channels: ['all'] }], gaps: [], relations: [] },
    ]);
  });

  it('keeps the versions of one thought apart', () => {
    const outbox = new Outbox();
    const thought = aThought();
    outbox.add(connection('c1'), 'timeline', happeningOf(thought));
    outbox.add(connection('c1'), 'timeline', happeningOf({ ...thought, version: 2, seq: 2 }));
    expect(outbox.take()[0]?.events.map(({ type }) => type)).toEqual(['thought.created', 'thought.updated']);
  });

  it('holds the last word on a relation', () => {
    const outbox = new Outbox();
    for (const muted of [true, false]) outbox.addRelation(connection('c1'), { author: 'alice', follows: true, muted });
    expect(outbox.take()[0]?.relations).toEqual([{ author: 'alice', follows: true, muted: false }]);
  });

  it('holds a gap once for a connection, beside its events', () => {
    const outbox = new Outbox();
    const happening = happeningOf(aThought());
    for (const channel of ['timeline', 'all', 'timeline']) outbox.addGap(connection('c1'), channel);
    outbox.add(connection('c1'), 'timeline', happening);
    expect(outbox.take()).toMatchObject([
      {
        connection: connection('c1'),
        events: [{ ...happening, channels: ['timeline'] }],
        gaps: ['timeline', 'all'],
        relations: [],
      },
    ]);
  });

  it('is empty when it was taken', () => {
    const outbox = new Outbox();
    outbox.add(connection('c1'), 'timeline', happeningOf(aThought()));
    expect(outbox.take().length).toBe(1);
    expect(outbox.take()).toMatchObject([]);
  });
});

describe('what happened to a thought', () => {
  it('is told by its version, under an id that is the same each time', () => {
    const thought = aThought({ createdAt: 1_000 });
    const created = happeningOf(thought);
    expect(created).toMatchObject({ id: `${thought.id}:1`, type: 'thought.created', at: '1970-01-01T00:00:01.000Z' });
    expect(happeningOf({ ...thought })).toEqual(created);
    const edited = happeningOf({ ...thought, version: 2, seq: 5, editedAt: 2_000 });
    expect(edited).toMatchObject({
      id: `${thought.id}:2`,
      type: 'thought.updated',
      seq: 5,
      at: '1970-01-01T00:00:02.000Z',
    });
  });

  it('holds no thought when that was deleted', () => {
    const gone = happeningOf(aThought({ version: 3, deletedAt: 3_000, text: '' }));
    expect(gone).toMatchObject({ type: 'thought.deleted', at: '1970-01-01T00:00:03.000Z' });
    expect(gone.thought).toBeUndefined();
  });
});
