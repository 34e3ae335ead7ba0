import { useSyncExternalStore } from 'react';
import type { Outbox, OutboxItem } from './outbox.ts';

/** What is on its way, as it is and as it becomes. */
export const useOutbox = <Draft, Posted>(outbox: Outbox<Draft, Posted>): readonly OutboxItem<Draft, Posted>[] =>
  useSyncExternalStore(outbox.subscribe, () => outbox.items);
