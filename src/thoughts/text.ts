/** What a thought's text may be at most: in characters as people count them, and in bytes of UTF-8. */
export const MAX_CHARACTERS = 1_000;
export const MAX_BYTES = 8 * 1024;
export const MAX_TOPICS = 5;
export const MAX_TOPIC_LENGTH = 50;

/**
 * How many characters a person sees in a text: a family emoji or an accented letter is one.
 * @see https://unicode.org/reports/tr29/
 */
export const countCharacters = (text: string): number => {
  // Made when needed, which is seldom: the first one takes 9 ms, which every start of a function would pay.
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
};

/** What is wrong with a text, in words; undefined when nothing is. */
export const textFault = (text: string): string | undefined => {
  if (text.trim() === '') return 'must not be empty';
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  if (Buffer.byteLength(text) > MAX_BYTES) return `must be at most ${MAX_BYTES} bytes of UTF-8`;
  if (text.length > MAX_CHARACTERS && countCharacters(text) > MAX_CHARACTERS) {
    return `must be at most ${MAX_CHARACTERS} characters`;
  }
  return undefined;
};

/** One spelling for each topic: composed, lower case, without `#`. */
export const normalizeTopic = (topic: string): string => topic.normalize('NFKC').toLowerCase().replace(/^#/, '');

export const TOPIC_PATTERN = /^[\p{L}\p{M}\p{N}_]{1,50}$/u;

const HASHTAG = /(?<![\p{L}\p{M}\p{N}_&#/])#([\p{L}\p{M}\p{N}_]{1,50})(?![\p{L}\p{M}\p{N}_])/gu;

/** The topics of a thought: the `#tags` of its text (not bare numbers) and those named beside it, each once. */
export const topicsOf = (text: string, named: string[] = []): string[] => {
  const tags = [...text.matchAll(HASHTAG)].map((match) => normalizeTopic(match[1] ?? ''));
  const topics = tags.filter((tag) => TOPIC_PATTERN.test(tag) && !/^\p{Nd}+$/u.test(tag));
  return [...new Set([...named.map(normalizeTopic), ...topics])];
};
