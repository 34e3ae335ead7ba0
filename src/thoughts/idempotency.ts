import { seconds } from '../runtime.ts';
import { keys } from '../table/keys.ts';
import type { Item, Table, Write } from '../table/table.ts';

const LIFETIME_SECONDS = 24 * 3600;

/** What makes a repeated request the same one. */
export interface Idempotency {
  key: string;
  /** A digest of the request's body. */
  fingerprint: string;
}

/** What an earlier request with the same key left; `none` when it has expired, and is gone now. */
export type EarlierOutcome = { kind: 'posted'; id: string } | { kind: 'key_reused' } | { kind: 'none' };

type IdempotencyItem = Item & { type: 'idempotency'; fingerprint: string; id: string; expiresAt: number };
/** The first edition kept the whole answer, for a day. */
type FirstIdempotencyItem = Omit<IdempotencyItem, 'id'> & { answer: string };

/**
 * The part of a transaction that remembers which thought, or message, a key has posted; refused when the key has been used. It holds
 * no text, so that nothing of what was posted outlives it here.
 */
export const idempotencyWrite = (
  username: string,
  { key, fingerprint }: Idempotency,
  { id }: { id: string },
  nowMs: number,
): Write => {
  const item: IdempotencyItem = {
    ...keys.idempotency(username, key),
    type: 'idempotency',
    fingerprint,
    id,
    expiresAt: seconds(nowMs) + LIFETIME_SECONDS,
  };
  return { put: item, when: [{ attribute: 'pk', is: 'absent' }] };
};

/** Looks up why a key was refused, and clears it away when it has expired. */
export const earlierPost = async (
  table: Table,
  username: string,
  { key, fingerprint }: Idempotency,
  nowMs: number,
): Promise<EarlierOutcome> => {
  const at = keys.idempotency(username, key);
  const earlier = await table.get<IdempotencyItem | FirstIdempotencyItem>(at, { consistent: true });
  if (!earlier) return { kind: 'none' };
  if (earlier.expiresAt <= seconds(nowMs)) {
    await table.write([{ delete: at, when: [{ attribute: 'expiresAt', is: '=', value: earlier.expiresAt }] }]);
    return { kind: 'none' };
  }
  const id: string = 'answer' in earlier ? JSON.parse(earlier.answer).id : earlier.id;
  return earlier.fingerprint === fingerprint ? { kind: 'posted', id } : { kind: 'key_reused' };
};
