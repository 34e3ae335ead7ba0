import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCharacters as serverCount, topicsOf } from '../../../src/thoughts/text.ts';
import { countCharacters, topicsOf as pageTopicsOf, piecesOf } from '../../../web/src/thoughts/text.ts';

/** Texts with much in them that leads somewhere, or nearly does. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '#tea',
        '#Tee',
        '@bob',
        '#12',
        '##',
        '@@bob',
        'a@bob.c',
        ' ',
        '\n',
        '.',
        'https://a.example/b?c#d',
        '#été',
        '<b>',
        '&amp;',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('a text', () => {
  it('is whole again when its pieces are put together', () => {
    fc.assert(
      fc.property(
        texts,
        (text) =>
          piecesOf(text)
            .map((piece) => piece.text)
            .join('') === text,
      ),
    );
  });

  it('links no topic but those that the server finds in it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const known = topicsOf(text);
        expect([...pageTopicsOf(text)].filter((topic) => !known.includes(topic))).toEqual([]);
      }),
    );
  });

  it('has as many characters here as on the server', () => {
    fc.assert(fc.property(texts, (text) => countCharacters(text) === serverCount(text)));
  });

  it.each([
    ['see https://example.com/a.', [['link', 'https://example.com/a']]],
    ['javascript:alert(1) data:text/html,x', []],
    // The server composes a topic (NFKC), and refuses what is no letter or digit then.
    ['#tea⑴ #ﬁne', [['topic', '#ﬁne']]],
    [
      '#tea and @bob, not a@bob or #12',
      [
        ['topic', '#tea'],
        ['person', '@bob'],
      ],
    ],
    ['<img src=x onerror=alert(1)> #ok', [['topic', '#ok']]],
  ])('%s', (text, expected) => {
    const led = piecesOf(text).filter(({ kind }) => kind !== 'text');
    expect(led.map((piece) => [piece.kind, piece.text])).toEqual(expected);
  });
});
