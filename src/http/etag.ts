import { Problem } from './problems.ts';

/** A version as an `ETag`. */
export const etag = ({ version }: { version: number }): string => `"${version}"`;

/**
 * The version in an `If-Match`; any when there is none or it is `*`.
 * @throws Problem `stale_version`
 */
export const expectedVersion = (headers: Record<string, string | undefined>): number | undefined => {
  const header = headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^"([0-9]{1,15})"$/.exec(header.trim());
  if (!match) throw new Problem('stale_version', 'If-Match: not an ETag that this has had');
  return Number(match[1]);
};
