import { keys } from '../keys/keys.ts';
import { seconds } from '../runtime/runtime.ts';
import type { Item, Key, Table, Write } from '../table/table.ts';

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

/** The names of the writes that are refused when a key has been used. */
export type IdempotencyWrites = Record<'idempotency' | 'earlierIdempotency', Write>;

/** Whether a transaction was refused because the key has been used. */
export const isUsed = (refused: Set<string>): boolean =>
  refused.has('idempotency') || refused.has('earlierIdempotency');

/**
 * The part of a transaction that remembers which thought, or message, a key has posted; refused when the key has been used. It holds
 * no text, so that nothing of what was posted outlives it here. While the release before and this one answer in turns, each must
 * refuse what the other has posted: so the key is taken in the earlier place too, for this release alone.
 */
export const idempotencyWrites = (
  username: string,
  { key, fingerprint }: Idempotency,
  { id }: { id: string },
  nowMs: number,
): IdempotencyWrites => {
  const put = (at: Key): Write => {
    const expiresAt = seconds(nowMs) + LIFETIME_SECONDS;
    const item: IdempotencyItem = { ...at, type: 'idempotency', fingerprint, id, expiresAt };
    return { put: item, when: [{ attribute: 'pk', is: 'absent' }] };
  };
  return {
    idempotency: put(keys.idempotency(username, key)),
    earlierIdempotency: put(keys.earlierIdempotency(username, key)),
  };
};

/** Looks up why a key was refused, and clears it away when it has expired. */
export const earlierPost = async (
  table: Table,
  username: string,
  { key, fingerprint }: Idempotency,
  nowMs: number,
): Promise<EarlierOutcome> => {
  const places = [keys.idempotency(username, key), keys.earlierIdempotency(username, key)];
  const found = await table.batchGet<IdempotencyItem | FirstIdempotencyItem>(places, { consistent: true });
  for (const { pk, sk, expiresAt } of found.filter((item) => item.expiresAt <= seconds(nowMs))) {
    await table.write([{ delete: { pk, sk }, when: [{ attribute: 'expiresAt', is: '=', value: expiresAt }] }]);
  }
  const earlier = found.find((item) => item.expiresAt > seconds(nowMs));
  if (!earlier) return { kind: 'none' };
  const id: string = 'answer' in earlier ? JSON.parse(earlier.answer).id : earlier.id;
  return earlier.fingerprint === fingerprint ? { kind: 'posted', id } : { kind: 'key_reused' };
};
