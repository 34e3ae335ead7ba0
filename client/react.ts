import { useCallback, useSyncExternalStore } from 'react';
import type { LiveClient } from './live-client.ts';
import type { Store } from './store.ts';
import type { State, Thought } from './types.ts';

const NOTHING: readonly Thought[] = [];

/** The thoughts of a list, newest first: as they are, and as they become. Nothing while rendered on a server. */
export const useThoughts = (store: Store, channel = 'timeline'): readonly Thought[] =>
  useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.list(channel), [store, channel]),
    () => NOTHING,
  );

/** The state of a client. */
export const useLiveState = (client: LiveClient): State =>
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
