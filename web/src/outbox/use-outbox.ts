import { useSyncExternalStore } from 'react';
import type { Outbox, OutboxItem } from './outbox.ts';

/** The posts on their way, kept up to date. */
export const useOutbox = <Draft, Posted>(outbox: Outbox<Draft, Posted>): readonly OutboxItem<Draft, Posted>[] =>
  useSyncExternalStore(outbox.subscribe, () => outbox.items);
