import { useSyncExternalStore } from 'react';
import type { Arrival } from './arrivals.ts';
import { useSession } from './live-context.tsx';

/** The last arrivals, as they come. */
export const useArrivals = (): readonly Arrival[] => {
  const { arrivals } = useSession();
  return useSyncExternalStore(arrivals.subscribe, () => arrivals.all);
};
