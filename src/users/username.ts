import * as z from 'zod/mini';

/** `me` means the caller in URLs, so it cannot be a handle. */
const RESERVED = 'me';

/** The name shown in place of an erased author. It is a reserved handle, so nobody can claim it. */
export const ERASED = 'deleted';

/** 2 to 30 of `a-z`, `0-9` and `_`. */
export const Username = z.string().check(
  z.regex(/^[a-z0-9_]{2,30}$/, 'must be 2 to 30 of a-z, 0-9 and _'),
  z.refine((name) => name !== RESERVED, `"${RESERVED}" is reserved`),
  z.meta({ description: 'A username', examples: ['alice'] }),
);
