/** Violations that are known and wait to be mended: code, and what it is. An empty list is the aim. */
export const KNOWN: ReadonlyMap<string, string> = new Map([
  [
    'view_misses_timeline',
    'a thought that was delivered late, or an edit made during sleep, is not asked for (1, 4, 18)',
  ],
  ['view_keeps_timeline', 'an edit while the device was asleep or cut off is never shown (4, 85, 98)'],
  ['view_misses_all', 'a frame of a stranger that the gateway took and lost is never noticed (12)'],
  ['view_keeps_all', 'the same (1)'],
  ['view_misses_topic', 'the same (109)'],
  ['view_keeps_topic', 'a push to a subscriber that was given up is never noticed (20)'],
  ['reconnects', 'a token that a slow clock keeps to its end opens connection after connection (38, 83)'],
  ['interrupted', 'the same (38, 83)'],
]);
