import { hash } from 'node:crypto';
import type { Idempotency } from '../thoughts/idempotency.ts';
import { Problem } from './problems.ts';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** How the reference describes the header. */
export const IDEMPOTENCY_HEADER = {
  'Idempotency-Key': 'Any text of your own: repeated with the same body, it posts once (for 24 hours)',
};

/**
 * What makes a repeated request the same one; undefined without the header.
 * @param what everything that a repeat has the same
 * @throws Problem `invalid_request`
 */
export const idempotencyOf = (headers: Record<string, string | undefined>, what: unknown): Idempotency | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (!IDEMPOTENCY_KEY.test(key)) {
    throw new Problem('invalid_request', 'Idempotency-Key: must be 1 to 255 visible ASCII characters');
  }
  return { key, fingerprint: hash('sha256', JSON.stringify(what), 'base64url') };
};
