/** Violations that are known and wait to be mended: code, and what it is. An empty list is the aim. */
export const KNOWN: ReadonlyMap<string, string> = new Map();
