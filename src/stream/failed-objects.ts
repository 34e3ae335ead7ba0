import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { StepOutcome } from '../erasure/erasure.ts';
import { TableBusyError } from '../table/table.ts';
import { isNamedIn, withoutPerson } from './erased-records.ts';

/** The objects of the failure bucket. */
export interface FailedObjects {
  /** Some keys behind this one, in their order, and whether there are more. */
  list(after: string | undefined): Promise<{ keys: string[]; hasMore: boolean }>;
  /** `undefined`: somebody has deleted it. @returns `version` names what was read */
  get(key: string): Promise<{ text: string; version: string | undefined } | undefined>;
  /** `changed`: the object has another version now, or was deleted. */
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

/**
 * What is kept of an object; undefined when nothing is. A parked object holds one record, and what the mapping has given up its whole
 * event as a text. Any other object goes when it names the person.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const withoutRecordsOf = (text: string, username: string): string | undefined => {
  const object = parsed(text) as Partial<ParkedObject & GivenUpObject> | undefined;
  if (object?.record) {
    const record = withoutPerson(object.record, username);
    if (record === object.record) return text;
    return record && JSON.stringify({ ...object, record });
  }
  const event = typeof object?.payload === 'string' ? (parsed(object.payload) as Partial<DynamoDBStreamEvent>) : {};
  if (!event?.Records) return isNamedIn(text, username) ? undefined : text;
  const Records = event.Records.flatMap((record) => withoutPerson(record, username) ?? []);
  const isSame =
    Records.length === event.Records.length && Records.every((record, at) => record === event.Records?.[at]);
  if (isSame) return text;
  return Records.length === 0
    ? undefined
    : JSON.stringify({ ...object, payload: JSON.stringify({ ...event, Records }) });
};

interface ParkedObject {
  record: DynamoDBRecord;
}

interface GivenUpObject {
  payload: string;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
};
