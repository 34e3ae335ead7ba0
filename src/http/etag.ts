import { Problem } from './problems.ts';

/** A version as an `ETag`. */
export const etag = ({ version }: { version: number }): string => `"${version}"`;

const TAG = /^"([1-9][0-9]{0,14})"$/;
const MAX_TAGS = 20;

/**
 * The versions in an `If-Match`, which may be a list; any version when there is none or it is `*`. A tag that is not one of
 * ours, or weak, matches nothing.
 * @throws Problem `stale_version` when nothing can match
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
export const expectedVersions = (headers: Record<string, string | undefined>): number[] | undefined => {
  const header = headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',', MAX_TAGS).map((tag) => TAG.exec(tag.trim())?.[1]);
  const versions = tags.filter((tag) => tag !== undefined).map(Number);
  if (versions.length === 0) throw new Problem('stale_version', 'If-Match: not an ETag that this has had');
  return versions;
};
