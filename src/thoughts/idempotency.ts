import { seconds } from '../runtime.ts';
import { keys } from '../table/keys.ts';
import type { Item, Table, Write } from '../table/table.ts';
import type { Thought } from './thought.ts';

const LIFETIME_SECONDS = 24 * 3600;

/** An answer kept under a key of the caller's, so that a repeated request gets it again. */
export interface Idempotency {
  key: string;
  /** A digest of the request's body. */
  fingerprint: string;
  answer(thought: Thought): string;
}

/** What an earlier request with the same key left; `none` when it has expired, and is gone now. */
export type EarlierOutcome = { kind: 'replayed'; answer: string } | { kind: 'key_reused' } | { kind: 'none' };

type IdempotencyItem = Item & { type: 'idempotency'; fingerprint: string; answer: string; expiresAt: number };

/** The part of a transaction that keeps the answer; refused when the key has been used. */
export const idempotencyWrite = (
  username: string,
  { key, fingerprint, answer }: Idempotency,
  thought: Thought,
  nowMs: number,
): Write => {
  const item: IdempotencyItem = {
    ...keys.idempotency(username, key),
    type: 'idempotency',
    fingerprint,
    answer: answer(thought),
    expiresAt: seconds(nowMs) + LIFETIME_SECONDS,
  };
  return { put: item, when: [{ attribute: 'pk', is: 'absent' }] };
};

/** Looks up why a key was refused, and clears it away when it has expired. */
export const earlierAnswer = async (
  table: Table,
  username: string,
  { key, fingerprint }: Idempotency,
  nowMs: number,
): Promise<EarlierOutcome> => {
  const at = keys.idempotency(username, key);
  const earlier = await table.get<IdempotencyItem>(at, { consistent: true });
  if (!earlier) return { kind: 'none' };
  if (earlier.expiresAt <= seconds(nowMs)) {
    await table.write([{ delete: at, when: [{ attribute: 'expiresAt', is: '=', value: earlier.expiresAt }] }]);
    return { kind: 'none' };
  }
  return earlier.fingerprint === fingerprint ? { kind: 'replayed', answer: earlier.answer } : { kind: 'key_reused' };
};
