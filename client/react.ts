import { useCallback, useSyncExternalStore } from 'react';
import type { CoreClient } from './core-client.ts';
import type { ListView, Store } from './store.ts';
import type { State, Thought } from './types.ts';

const NOTHING: readonly Thought[] = [];
const UNREAD: ListView = { thoughts: NOTHING, state: 'reading', hasMore: false };

/** The thoughts of a list, newest first: as they are, and as they become. Nothing while rendered on a server. */
export const useThoughts = (store: Store, channel = 'timeline'): readonly Thought[] =>
  useSyncExternalStore(
    useCallback((listener: () => void) => store.subscribe(listener, channel), [store, channel]),
    useCallback(() => store.list(channel), [store, channel]),
    () => NOTHING,
  );

/** A list with its state, and whether there is more of it: `store.more(channel)`. */
export const useList = (store: Store, channel = 'timeline'): ListView =>
  useSyncExternalStore(
    useCallback((listener: () => void) => store.subscribe(listener, channel), [store, channel]),
    useCallback(() => store.view(channel), [store, channel]),
    () => UNREAD,
  );

/** The state of a client. */
export const useLiveState = (client: CoreClient): State =>
  useSyncExternalStore(
    useCallback(
      (listener: () => void) => {
        client.on('state', listener);
        return () => client.off('state', listener);
      },
      [client],
    ),
    () => client.state,
    () => 'connecting',
  );
