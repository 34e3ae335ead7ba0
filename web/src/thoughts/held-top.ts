import { useEffect, useState } from 'react';

/** Within this distance from the top, in pixels, a person watches for news and does not read on. */
const NEAR_PX = 80;

const isWatching = (): boolean =>
  scrollY < NEAR_PX && !document.querySelector('.thoughts :is(textarea, details[open])');

const useIsWatching = (): boolean => {
  const [watching, setWatching] = useState(isWatching);
  useEffect(() => {
    const look = () => setWatching(isWatching());
    addEventListener('scroll', look, { passive: true });
    addEventListener('focusin', look);
    addEventListener('toggle', look, true);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('focusin', look);
      removeEventListener('toggle', look, true);
    };
  }, []);
  return watching;
};

/** Splits a list, newest first, at the thought that was the newest when the person began to read; newer ones wait above. */
export const splitAt = <Item extends { id: string }>(items: readonly Item[], top: string | undefined) => {
  const first = top === undefined ? 0 : items.findIndex(({ id }) => id <= top);
  return first <= 0 ? { shown: items, held: [] } : { shown: items.slice(first), held: items.slice(0, first) };
};

/** Lets nothing in above what a person reads, until they ask for it or are at the top. */
export const useHeldTop = <Item extends { id: string }>(items: readonly Item[]) => {
  const watching = useIsWatching();
  const newest = items[0]?.id;
  const [top, setTop] = useState(newest);
  if ((watching || top === undefined) && top !== newest) setTop(newest);
  return { ...splitAt(items, watching ? newest : top), showHeld: () => setTop(newest) };
};
