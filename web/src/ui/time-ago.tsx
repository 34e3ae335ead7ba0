import { useSyncExternalStore } from 'react';

const TICK_MS = 15_000;
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { style: 'narrow', numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

let now = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const listener of listeners) listener();
}, TICK_MS);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const textOf = (at: number): string => {
  const seconds = (now - at) / 1000;
  if (seconds < 45) return 'now';
  if (seconds > 7 * 86_400) return day.format(at);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[2];
  return relative.format(-Math.round(seconds / size), unit);
};

/** How long ago something was; the exact time on a closer look. @param at ISO 8601 */
export const TimeAgo = ({ at }: { at: string }) => {
  const ms = Date.parse(at);
  const text = useSyncExternalStore(subscribe, () => textOf(ms));
  return (
    <time dateTime={at} title={exact.format(ms)}>
      {text}
    </time>
  );
};
