/** The limit of the API, so that a person sees it while writing. */
export const MAX_CHARACTERS = 1_000;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many characters a person sees: a family emoji or an accented letter is one. */
export const countCharacters = (text: string): number => {
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
};

/** A piece of a thought's text: plain, or something to click. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'topic'; text: string; topic: string }
  | { kind: 'person'; text: string; username: string }
  | { kind: 'link'; text: string; url: string };

const TOPIC_NAME = /^[\p{L}\p{M}\p{N}_]{1,50}$/u;
const TOPIC = /(?<![\p{L}\p{M}\p{N}_&#/])#([\p{L}\p{M}\p{N}_]{1,50})(?![\p{L}\p{M}\p{N}_])/u;
const PERSON = /(?<![\p{L}\p{M}\p{N}_@/.])@([a-z0-9_]{2,30})(?![\p{L}\p{M}\p{N}_])/u;
const LINK = /(?<![\p{L}\p{N}])https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]]/u;
const PIECES = new RegExp(`${LINK.source}|${TOPIC.source}|${PERSON.source}`, 'gu');

export const normalizeTopic = (topic: string): string => topic.normalize('NFKC').toLowerCase().replace(/^#/, '');

/** Takes a text apart. The pieces' texts together are the text. */
export const piecesOf = (text: string): Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(PIECES)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push(pieceOf(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
};

/** The topic that the server finds in a `#tag`. It finds none in a bare number, or in `#tea⑴`, which normalizes to `tea(1)`. */
const topicOf = (tag: string): string | undefined => {
  const topic = normalizeTopic(tag);
  return TOPIC_NAME.test(topic) && !/^\p{Nd}+$/u.test(topic) ? topic : undefined;
};

const pieceOf = ([text, tag, username]: RegExpMatchArray): Piece => {
  const topic = tag === undefined ? undefined : topicOf(tag);
  if (topic !== undefined) return { kind: 'topic', text, topic };
  if (username !== undefined) return { kind: 'person', text, username };
  if (tag === undefined && URL.canParse(text)) return { kind: 'link', text, url: text };
  return { kind: 'text', text };
};

/** The topics that a text names, each once. */
export const topicsOf = (text: string): Set<string> =>
  new Set(piecesOf(text).flatMap((piece) => (piece.kind === 'topic' ? [piece.topic] : [])));
