import { describe, expect, it } from 'vitest';
import { eventBodyOf } from '../../../src/protocol/thought-event.ts';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { aThought } from '../../support/thoughts.ts';

const connection = (connectionId: string) => ({ connectionId, username: 'bob', connectedAt: 0, authExpiresAt: 1 });

describe('a push buffer', () => {
  it('holds an event once for a connection, with all the channels it came by', () => {
    const pushBuffer = new PushBuffer();
    const eventBody = eventBodyOf(aThought());
    for (const channel of ['timeline', 'author:alice', 'timeline', 'all'])
      pushBuffer.add(connection('c1'), channel, eventBody);
    pushBuffer.add(connection('c2'), 'all', eventBody);
    expect(pushBuffer.take()).toMatchObject([
      {
        connection: connection('c1'),
        events: [{ ...eventBody, channels: ['timeline', 'author:alice', 'all'] }],
        gaps: [],
        relations: [],
      },
      { connection: connection('c2'), events: [{ ...eventBody, channels: ['all'] }], gaps: [], relations: [] },
    ]);
  });

  it('keeps the versions of one thought apart', () => {
    const pushBuffer = new PushBuffer();
    const thought = aThought();
    pushBuffer.add(connection('c1'), 'timeline', eventBodyOf(thought));
    pushBuffer.add(connection('c1'), 'timeline', eventBodyOf({ ...thought, version: 2, seq: 2 }));
    expect(pushBuffer.take()[0]?.events.map(({ type }) => type)).toEqual(['thought.created', 'thought.updated']);
  });

  it('holds the last state of a relation', () => {
    const pushBuffer = new PushBuffer();
    for (const muted of [true, false])
      pushBuffer.addRelation(connection('c1'), { author: 'alice', follows: true, muted });
    expect(pushBuffer.take()[0]?.relations).toEqual([{ author: 'alice', follows: true, muted: false }]);
  });

  it('holds a gap once for a connection, beside its events', () => {
    const pushBuffer = new PushBuffer();
    const eventBody = eventBodyOf(aThought());
    for (const channel of ['timeline', 'all', 'timeline']) pushBuffer.addGap(connection('c1'), channel);
    pushBuffer.add(connection('c1'), 'timeline', eventBody);
    expect(pushBuffer.take()).toMatchObject([
      {
        connection: connection('c1'),
        events: [{ ...eventBody, channels: ['timeline'] }],
        gaps: ['timeline', 'all'],
        relations: [],
      },
    ]);
  });

  it('is empty after `take`', () => {
    const pushBuffer = new PushBuffer();
    pushBuffer.add(connection('c1'), 'timeline', eventBodyOf(aThought()));
    expect(pushBuffer.take().length).toBe(1);
    expect(pushBuffer.take()).toMatchObject([]);
  });
});

describe('what happened to a thought', () => {
  it('is told by its version, under an id that is the same each time', () => {
    const thought = aThought({ createdAt: 1_000 });
    const created = eventBodyOf(thought);
    expect(created).toMatchObject({ id: `${thought.id}:1`, type: 'thought.created', at: '1970-01-01T00:00:01.000Z' });
    expect(eventBodyOf({ ...thought })).toEqual(created);
    const edited = eventBodyOf({ ...thought, version: 2, seq: 5, editedAt: 2_000 });
    expect(edited).toMatchObject({
      id: `${thought.id}:2`,
      type: 'thought.updated',
      seq: 5,
      at: '1970-01-01T00:00:02.000Z',
    });
  });

  it('holds no thought when that was deleted', () => {
    const gone = eventBodyOf(aThought({ version: 3, deletedAt: 3_000, text: '' }));
    expect(gone).toMatchObject({ type: 'thought.deleted', at: '1970-01-01T00:00:03.000Z' });
    expect(gone.thought).toBeUndefined();
  });
});
