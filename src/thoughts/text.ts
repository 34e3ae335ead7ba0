/** What a thought's text may be at most: in characters as people count them, and in bytes of UTF-8. */
export const MAX_CHARACTERS = 1_000;
export const MAX_BYTES = 8 * 1024;
export const MAX_TOPICS = 5;
/** The longest emoji has 41 bytes; more than this is an accent on an accent on an accent. */
const MAX_CHARACTER_BYTES = 64;

/** Characters as people count them: a family emoji or an accented letter is one. @see https://unicode.org/reports/tr29/ */
const charactersOf = (text: string): string[] => {
  // Made when needed, which is seldom: the first one takes 9 ms, which every start of a function would pay.
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
};

export const countCharacters = (text: string): number => charactersOf(text).length;

/** Control characters, but for the tab and the line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
/** Something that can be seen: neither space, nor control, nor what is drawn as nothing; and not the empty Braille cell. */
const VISIBLE = /[^\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Embeddings and overrides, which turn what comes after a text around too. @see https://unicode.org/reports/tr9/ */
const TURNS_AROUND = /[\u202a-\u202e]/;
const ISOLATES = /[\u2066-\u2069]/g;
const END_OF_ISOLATE = '\u2069';

interface TextLimits {
  characters: number;
  bytes: number;
  /** Whether there may be more than one line. */
  lines: boolean;
}

const TEXT: TextLimits = { characters: MAX_CHARACTERS, bytes: MAX_BYTES, lines: true };

/** One spelling of a text: composed, with one kind of line end. Half of a surrogate pair stays what it is, and is refused. */
export const normalizeText = (text: string): string => text.normalize('NFC').replaceAll(/\r\n?/g, '\n');

/** What is wrong with a text, in words; undefined when nothing is. */
export const textFault = (text: string, { characters, bytes, lines }: TextLimits = TEXT): string | undefined => {
  if (text.trim() === '') return 'must not be empty';
  // First of all, so that the rest has little to do.
  if (Buffer.byteLength(text) > bytes) return `must be at most ${bytes} bytes of UTF-8`;
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  if (!VISIBLE.test(text)) return 'must have something to see';
  if (CONTROL.test(text) || (!lines && /[\n\t\u2028\u2029]/.test(text))) return 'must have no control characters';
  if (TURNS_AROUND.test(text)) return 'must not override the direction of writing; isolates (U+2066 to U+2069) may';
  if (!areIsolatesClosed(text)) return 'must close the isolates that it opens (U+2069)';
  return charactersFault(text, characters);
};

const charactersFault = (text: string, limit: number): string | undefined => {
  const mayBeLong = Buffer.byteLength(text) > Math.max(MAX_CHARACTER_BYTES, text.length);
  if (text.length <= limit && !mayBeLong) return undefined;
  const found = charactersOf(text);
  if (found.length > limit) return `must be at most ${limit} characters`;
  const isLong = found.some((character) => Buffer.byteLength(character) > MAX_CHARACTER_BYTES);
  return isLong ? `must have no character of more than ${MAX_CHARACTER_BYTES} bytes` : undefined;
};

const areIsolatesClosed = (text: string): boolean => {
  let open = 0;
  for (const [control] of text.matchAll(ISOLATES)) {
    open += control === END_OF_ISOLATE ? -1 : 1;
    if (open < 0) return false;
  }
  return open === 0;
};

/** What is wrong with a text of one line, as a name is. */
export const lineFault = (text: string, characters: number): string | undefined =>
  textFault(text, { characters, bytes: characters * 8, lines: false });

/** One spelling for each topic: composed, lower case, without `#`. */
export const normalizeTopic = (topic: string): string => topic.normalize('NFKC').toLowerCase().replace(/^#/, '');

export const TOPIC_PATTERN = /^[\p{L}\p{M}\p{N}_]{1,50}$/u;

/** The topics of a thought: the `#tags` of its text (not bare numbers) and those named beside it, each once. */
export const topicsOf = (text: string, named: string[] = []): string[] => {
  // V8 takes 0.4 ms to read this pattern. At the top of the file, each start of a function would pay it.
  const hashtag = /(?<![\p{L}\p{M}\p{N}_&#/])#([\p{L}\p{M}\p{N}_]{1,50})(?![\p{L}\p{M}\p{N}_])/gu;
  const tags = [...text.matchAll(hashtag)].map((match) => normalizeTopic(match[1] ?? ''));
  const topics = tags.filter((tag) => TOPIC_PATTERN.test(tag) && !/^\p{Nd}+$/u.test(tag));
  return [...new Set([...named.map(normalizeTopic), ...topics])];
};
