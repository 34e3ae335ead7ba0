import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventFrames, FRAME_BYTES, SharedFrames } from '../../../src/protocol/packing.ts';
import type { ThoughtEvent } from '../../../src/protocol/thought-event.ts';
import { anEvent } from '../../support/thoughts.ts';
import { times } from '../../support/world.ts';

const event = fc
  .record({
    author: fc.constantFrom('alice', 'bob', 'carol'),
    seq: fc.integer({ min: 1, max: 1_000 }),
    text: fc.string({ unit: 'grapheme', maxLength: 50 }),
    repeat: fc.integer({ min: 1, max: 80 }),
  })
  .map(({ author, seq, text, repeat }) => anEvent({ author, seq, text: text.repeat(repeat).slice(0, 4_000) }));

const eventsIn = (frame: string): ThoughtEvent[] => {
  const { type, events } = JSON.parse(frame) as { type: string; events: ThoughtEvent[] };
  expect(type).toBe('events');
  return events;
};

describe('frames of events', () => {
  it('are small enough, and hold every event once', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.integer({ min: 20_000, max: FRAME_BYTES }),
        (events, maxBytes) => {
          const frames = eventFrames(events, maxBytes);
          for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(maxBytes);
          const sent = frames.flatMap(eventsIn);
          expect(sent.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
          const byId = new Map(events.map((one) => [one.id, one]));
          for (const one of sent) expect(one).toEqual(JSON.parse(JSON.stringify(byId.get(one.id))));
        },
      ),
    );
  });

  it("hold each author's events in the order of their numbers", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const sent = eventFrames(events, 8_000).flatMap(eventsIn);
        for (const name of ['alice', 'bob', 'carol']) {
          const numbers = sent.filter(({ author }) => author === name).map(({ seq }) => seq);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('are measured in bytes, not in characters', () => {
    const frames = eventFrames(times(10, (at) => anEvent({ seq: at, text: '\u{1F468}'.repeat(2_000) })));
    expect(frames.length).toBeGreaterThan(2);
    for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(FRAME_BYTES);
  });

  it('have no frame for no events', () => {
    expect(eventFrames([])).toEqual([]);
  });

  it('are one frame up to the last byte that fits', () => {
    const events = times(5, (at) => anEvent({ seq: at }));
    const [frame = ''] = eventFrames(events);
    expect(eventFrames(events, Buffer.byteLength(frame) + 1).length).toBe(1);
    expect(eventFrames(events, Buffer.byteLength(frame) - 1).length).toBe(2);
  });

  it('hold one event each when that is larger than a frame may be', () => {
    const frames = eventFrames(
      times(3, (at) => anEvent({ seq: at })),
      1,
    );
    expect(frames.map((frame) => eventsIn(frame).length)).toEqual([1, 1, 1]);
  });

  it('hold the largest thought there can be', () => {
    const topics = times(5, () => '\u{20000}'.repeat(50));
    const text = '\u0001'.repeat(1_000);
    const channels = ['timeline', 'all', 'author:alice', ...topics.map((topic) => `topic:${topic}`)];
    const [frame = ''] = eventFrames([anEvent({ text, topics }, channels)]);
    expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(FRAME_BYTES);
  });
});

describe('shared frames', () => {
  const [one, two] = [anEvent({ seq: 1 }), anEvent({ seq: 2 })];

  it('are made once for the same events by the same channels', () => {
    const frames = new SharedFrames();
    expect(frames.of([one])).toBe(frames.of([one]));
    expect(frames.of([one, two])).toBe(frames.of([{ ...one }, { ...two }]));
  });

  it('equal the frames that each connection would have got alone', () => {
    const frames = new SharedFrames();
    const elsewhere = { ...one, channels: ['timeline', 'all'] };
    for (const events of [[one], [one, two], [two], [two, one], [elsewhere], [elsewhere, two], []]) {
      expect(frames.of(events)).toEqual(eventFrames(events));
    }
  });
});
