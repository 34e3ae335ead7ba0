import { describe, expect, it } from 'vitest';
import { firstIdAt, isVisible, NewThought, ThoughtEdit, ThoughtId, timeOfId } from '../../../src/thoughts/thought.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { aThought } from '../../support/thoughts.ts';

const id = '019b7d2a-6b88-7000-8000-000000000000';
const accepts = (input: unknown): boolean => NewThought.safeParse(input).success;

describe('a new thought', () => {
  it.each([
    ['a text', { text: 'hello' }],
    ['topics', { text: 'hello', topics: ['aws', '#AWS'] }],
    ['what it replies to', { text: 'hello', inReplyTo: { author: 'alice', id } }],
    ['an image of its own form', { text: 'hello', image: `alice/${id}.png` }],
    ['an end, a minute away at least', { text: 'hello', expiresIn: 60 }],
    ['as many topics as it may', { text: '#a #b', topics: ['c', 'd', 'e'] }],
    ['the same topic twice', { text: '#a #b #c', topics: ['a', 'b', 'd', 'e'] }],
  ])('has %s', (_, input) => {
    expect(accepts(input)).toBe(true);
  });

  it.each([
    ['no text', {}],
    ['a blank text', { text: ' ' }],
    ['a text that is none', { text: 5 }],
    ['what is unknown', { text: 'hello', colour: 'red' }],
    ['a topic with a blank', { text: 'hello', topics: ['a b'] }],
    ['an empty topic', { text: 'hello', topics: ['#'] }],
    ['six topics', { text: 'hello', topics: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    ['six topics with those of the text', { text: '#x #y', topics: ['a', 'b', 'c', 'd'] }],
    ['a reply to nobody', { text: 'hello', inReplyTo: { id } }],
    ['a reply to no id', { text: 'hello', inReplyTo: { author: 'alice', id: 'x' } }],
    ['a reply to a reserved name', { text: 'hello', inReplyTo: { author: 'me', id } }],
    ['an image from elsewhere', { text: 'hello', image: 'https://example.com/x.png' }],
    ['an end that is too near', { text: 'hello', expiresIn: 59 }],
    ['an end that is too far', { text: 'hello', expiresIn: 365 * 24 * 3600 + 1 }],
    ['half a second', { text: 'hello', expiresIn: 60.5 }],
  ])('does not have %s', (_, input) => {
    expect(accepts(input)).toBe(false);
  });

  it('spells its topics one way', () => {
    expect(NewThought.parse({ text: 'hello', topics: ['#AWS'] }).topics).toEqual(['aws']);
  });

  it('is edited in its text and topics alone', () => {
    expect(ThoughtEdit.safeParse({ text: 'new', topics: ['a'] }).success).toBe(true);
    expect(ThoughtEdit.safeParse({ text: 'new', image: `alice/${id}.png` }).success).toBe(false);
    expect(ThoughtEdit.safeParse({ text: '#x #y', topics: ['a', 'b', 'c', 'd'] }).success).toBe(false);
  });
});

describe('the id of a thought', () => {
  it('is a UUIDv7 in lower case', () => {
    expect(ThoughtId.safeParse(id).success).toBe(true);
    for (const other of [id.toUpperCase(), id.replace('-7', '-4'), `${id}0`, `x${id.slice(1)}`, '']) {
      expect(ThoughtId.safeParse(other).success).toBe(false);
    }
  });

  it('tells when it was made, and sorts behind the first of its millisecond', () => {
    const runtime = new TestRuntime();
    const made = runtime.newId();
    expect(timeOfId(made)).toBe(runtime.now());
    expect(firstIdAt(runtime.now()) <= made).toBe(true);
    expect(firstIdAt(runtime.now() + 1) > made).toBe(true);
    expect(timeOfId(firstIdAt(runtime.now()))).toBe(runtime.now());
  });

  it('has a smallest id also for times before 1970', () => {
    expect(ThoughtId.safeParse(firstIdAt(-5)).success).toBe(true);
    expect(timeOfId(firstIdAt(-5))).toBe(0);
  });
});

describe('a thought', () => {
  it('can be seen until it expires, and not at all when it was deleted', () => {
    expect(isVisible(aThought(), 5_000)).toBe(true);
    expect(isVisible(aThought({ expiresAt: 5 }), 4_999)).toBe(true);
    expect(isVisible(aThought({ expiresAt: 5 }), 5_000)).toBe(false);
    expect(isVisible(aThought({ deletedAt: 1 }), 5_000)).toBe(false);
  });
});
