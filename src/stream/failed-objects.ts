import type { StepOutcome } from '../erasure/erasure.ts';
import { TableBusyError } from '../table/table.ts';

/** The objects of the failure bucket. */
export interface FailedObjects {
  /** Some keys behind this one, in their order, and whether there are more. */
  list(after: string | undefined): Promise<{ keys: string[]; hasMore: boolean }>;
  /** `undefined`: somebody has deleted it. @returns `version` names what was read */
  get(key: string): Promise<{ text: string; version: string | undefined } | undefined>;
  /** `changed`: it is another version by now, or gone. */
  replace(key: string, text: string, version: string | undefined): Promise<{ kind: 'replaced' | 'changed' }>;
  delete(key: string): Promise<void>;
}

/** How often an object is read again that another erasure has changed meanwhile. */
const TRIES = 5;

/**
 * Takes a person out of a part of the failed records. Other erasures and redrives may walk the same objects: what they have
 * deleted is passed by, and what they have replaced is read again.
 */
export const forgetIn = async (
  objects: FailedObjects,
  username: string,
  after: string | undefined,
): Promise<StepOutcome> => {
  const { keys, hasMore } = await objects.list(after);
  let erased = 0;
  for (const key of keys) if (await forgetInOne(objects, username, key)) erased++;
  return { erased, next: hasMore ? keys.at(-1) : undefined };
};

const forgetInOne = async (objects: FailedObjects, username: string, key: string): Promise<boolean> => {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const found = await objects.get(key);
    if (!found) return false;
    const left = withoutRecordsOf(found.text, username);
    if (left === found.text) return false;
    if (left === undefined) {
      // Objects only lose records, so what nobody else's is in has nobody else's later either.
      await objects.delete(key);
      return true;
    }
    if ((await objects.replace(key, left, found.version)).kind === 'replaced') return true;
  }
  throw new TableBusyError(`Others change ${key} too fast`);
};

/** What is kept of an object; undefined when nothing is. One that can't be read and names the person goes as well. */
export const withoutRecordsOf = (text: string, username: string): string | undefined => {
  // As a whole value, or as a part of a key.
  const isNamed = (json: string) => json.includes(`"${username}"`) || new RegExp(`#${username}(?:#|")`).test(json);
  if (!isNamed(text)) return text;
  const object = parsed(text);
  const Records = object?.payload?.Records?.filter((record) => !isNamed(JSON.stringify(record)));
  if (!Records || Records.length === 0) return undefined;
  return JSON.stringify({ ...object, payload: { ...object?.payload, Records } });
};

const parsed = (text: string): { payload?: { Records?: unknown[] } } | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
