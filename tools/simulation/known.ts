/** Violations that are known and wait to be mended: code, and what it is. An empty list is the aim. */
export const KNOWN: ReadonlyMap<string, string> = new Map([
  [
    'view_misses_all',
    'a thought that a stranger made in the second before a device subscribed, and that the list did not have yet when it was read (69, 85, 96)',
  ],
]);
