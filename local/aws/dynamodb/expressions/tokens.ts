/** Words, placeholders, numbers, and signs. */
const TOKEN = /\s*(?:([#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+)|(<>|<=|>=|[=<>()[\],.+-])|(\S))/y;

export const END = '<EOF>';

export interface Token {
  text: string;
  /** Where it begins and ends in the expression. */
  start: number;
  end: number;
}

/** Cuts an expression into tokens. `wrong` is the first character that is none. */
export const tokenize = (text: string): { tokens: Token[]; wrong: Token | undefined } => {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, word, sign, wrong] = match;
    const found = word ?? sign ?? wrong ?? '';
    const end = match.index + match[0].length;
    const token = { text: found, start: end - found.length, end };
    if (wrong !== undefined) return { tokens, wrong: token };
    tokens.push(token);
  }
  return { tokens, wrong: undefined };
};
