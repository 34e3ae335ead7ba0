import { hash } from 'node:crypto';

export type CursorOutcome = { kind: 'position'; position: string } | { kind: 'invalid' };

const DIGEST_LENGTH = 8;

const digest = (list: string, position: string): string =>
  hash('sha256', `${list}\n${position}`, 'base64url').slice(0, DIGEST_LENGTH);

/**
 * A cursor is a position in one list: the last sort key, and a digest that binds it to that list. It is opaque but not secret:
 * a forged cursor shows nothing that the list would not show.
 */
export const encodeCursor = (list: string, position: string): string =>
  Buffer.from(`${digest(list, position)}${position}`).toString('base64url');

/** Decodes a cursor of this list into a position; `invalid` for any other text. */
export const decodeCursor = (list: string, cursor: string): CursorOutcome => {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(DIGEST_LENGTH);
  if (position === '' || encodeCursor(list, position) !== cursor) return { kind: 'invalid' };
  return { kind: 'position', position };
};
