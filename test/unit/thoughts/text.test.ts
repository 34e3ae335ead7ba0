import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countCharacters,
  lineFault,
  normalizeText,
  normalizeTopic,
  TOPIC_PATTERN,
  textFault,
  topicsOf,
} from '../../../src/thoughts/text.ts';

const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}';

describe('the characters of a text', () => {
  it.each([
    ['abc', 3],
    ['', 0],
    ['e\u0301', 1],
    ['\r\n', 1],
    [FAMILY, 1],
    ['\u{1F1E9}\u{1F1EA}', 1],
    [`a${FAMILY}b`, 3],
  ])('are counted as people count them: %j', (text, count) => {
    expect(countCharacters(text)).toBe(count);
  });
});

describe('the fault of a text', () => {
  it.each([
    ['of one character', 'x'],
    ['of a thousand characters', 'x'.repeat(1_000)],
    ['of more code units, but no more characters', 'e\u0301'.repeat(1_000)],
    ['of exactly the bytes that fit', `${FAMILY.repeat(455)}ab`],
  ])('is none in a text %s', (_, text) => {
    expect(textFault(text)).toBeUndefined();
  });

  it.each([
    ['is empty', '', /empty/],
    ['is blank', ' \n\t', /empty/],
    ['has a character too many', 'x'.repeat(1_001), /1000 characters/],
    ['has an accented character too many', 'e\u0301'.repeat(1_001), /1000 characters/],
    ['has a byte too many', `${FAMILY.repeat(455)}abc`, /8192 bytes/],
  ])('is told of a text that %s', (_, text, fault) => {
    expect(textFault(text)).toMatch(fault);
  });
});

describe('a text that is not what it seems', () => {
  it.each([
    ['is invisible', '\u200b\u200d\ufeff', /see/],
    ['is an empty Braille cell', '\u2800 \u2800', /see/],
    ['is Hangul filler', '\u3164', /see/],
    ['has a bell', 'a\u0007', /control/],
    ['has half of a surrogate pair', 'a\ud83d', /well-formed/],
    ['overrides its direction', 'a\u202eb', /direction/],
    ['leaves an isolate open', '\u2067a', /isolates/],
    ['closes what is not open', 'a\u2069\u2067', /isolates/],
    ['heaps accents on a letter', `a${'\u0301'.repeat(32)}`, /64 bytes/],
  ])('is refused when it %s', (_, text, fault) => {
    expect(textFault(text)).toMatch(fault);
  });

  it.each([
    'a\tb\nc',
    '\u2067\u05d0\u2069 and \u200f',
    '\ud83d\udc69\ud83c\udfff\u200d\u2764\ufe0f\u200d\ud83d\udc8b\u200d\ud83d\udc69\ud83c\udfff',
    `${'x'.repeat(60)}a${'\u0301'.repeat(31)}`,
    '\u0e01\u0e33\u0e33',
  ])('is taken when it is %j', (text) => {
    expect(textFault(text)).toBeUndefined();
  });

  it('is one line where a name is wanted', () => {
    expect(lineFault('a b', 50)).toBeUndefined();
    for (const name of ['a\nb', 'a\u2028b', 'a\tb', 'x'.repeat(51)]) expect(lineFault(name, 50)).toBeDefined();
  });

  it('does not change when it is normalized again, and has no carriage return', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const normal = normalizeText(text);
        expect(normalizeText(normal)).toBe(normal);
        expect(normal).not.toContain('\r');
      }),
    );
  });
});

describe('the topics of a thought', () => {
  it.each<[string, string[]]>([
    ['#aws and #DynamoDB', ['aws', 'dynamodb']],
    ['#one#two', ['one']],
    ['(#paren), #comma, #dot.', ['paren', 'comma', 'dot']],
    ['no tag: a#b &#39; /#path ##double', []],
    ['#2026 is a number, #2026goals is not', ['2026goals']],
    ['#straße #日本語 #été', ['straße', '日本語', 'été']],
    ['#same #SAME #Same', ['same']],
    ['# alone', []],
    [`#${'x'.repeat(50)}`, ['x'.repeat(50)]],
    [`#${'x'.repeat(51)}`, []],
  ])('are the tags of its text: %j', (text, topics) => {
    expect(topicsOf(text)).toEqual(topics);
  });

  it('are those named beside it first, each once', () => {
    expect(topicsOf('#b #a', ['#A', 'c'])).toEqual(['a', 'c', 'b']);
  });

  it('have one spelling', () => {
    expect(normalizeTopic('#AWS')).toBe('aws');
    expect(normalizeTopic('e\u0301te\u0301')).toBe('\u00e9t\u00e9');
    expect(normalizeTopic('\uFF21\uFF37\uFF33')).toBe('aws');
  });

  it('keep their spelling when they are spelled again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const topic = normalizeTopic(text);
        if (TOPIC_PATTERN.test(topic)) expect(normalizeTopic(topic)).toBe(topic);
      }),
    );
  });

  // Bugs of topicsOf: it looks at the tags before it spells them. Make these `it` when it looks at what it gives.
  it('all match TOPIC_PATTERN', () => {
    expect(topicsOf('#\uFDFA').filter((topic) => !TOPIC_PATTERN.test(topic))).toEqual([]);
  });

  it('are not numbers alone in any script', () => {
    expect(topicsOf('#\uFF12\uFF10\uFF12\uFF16')).toEqual([]);
  });
});
