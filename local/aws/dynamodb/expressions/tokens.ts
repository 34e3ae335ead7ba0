/** Words, placeholders, numbers, and signs. */
const TOKEN = /\s*(?:([#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+)|(<>|<=|>=|[=<>()[\],.+-])|(\S))/y;

export const END = '<EOF>';

/** Cuts an expression into tokens. `wrong` is the first character that is none. */
export const tokenize = (text: string): { tokens: string[]; wrong: string | undefined } => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, word, sign, wrong] = match;
    if (wrong !== undefined) return { tokens, wrong };
    tokens.push(word ?? sign ?? '');
  }
  return { tokens, wrong: undefined };
};
