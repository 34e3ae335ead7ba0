/** Violations that are known and wait to be mended: code, and what it is. An empty list is the aim. */
export const KNOWN: ReadonlyMap<string, string> = new Map([
  [
    'talk_missed',
    "somebody's own message, written around a handover of their device, is neither given to it nor told as a gap (98)",
  ],
]);
