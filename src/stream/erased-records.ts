import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { sliceOfMember } from '../fan-out/key-range.ts';

type Image = Record<string, AttributeValue>;

/** Whether JSON names a person: as a whole value, also of JSON in a text such as a cursor, or as a part of a key. */
export const isNamedIn = (json: string, username: string): boolean =>
  new RegExp(`"${username}\\\\*"|#${username}(?:#|\\\\*")`).test(json);

/**
 * A failed record without a person who was erased; `undefined` when nothing is left to run again. Other people's deliveries stay: a
 * thought of somebody else loses the reference to the person, an erasure its cursor, a task the place where it goes on, and a
 * message, from which the members' inboxes are written, can name the person only in its own words. What is left of the other
 * kinds (a follow, a roster, a read mark) only tells open connections what their next reading shows as well.
 */
export const withoutPerson = (record: DynamoDBRecord, username: string): DynamoDBRecord | undefined => {
  if (!isNamedIn(JSON.stringify(record), username)) return record;
  const { Keys, NewImage, OldImage } = record.dynamodb ?? {};
  const { type, author } = NewImage ?? OldImage ?? {};
  const isInKey = isNamedIn(JSON.stringify(Keys ?? {}), username);
  // The erasure takes the same attribute out of the item.
  if (type?.S === 'thought' && !isInKey) return withoutAttribute(record, 'inReplyTo');
  if (type?.S === 'message' && author?.S !== username) return record;
  if (type?.S === 'erasure' && !isInKey) return withoutAttribute(record, 'cursor');
  if (NewImage?.type?.S !== 'task') return undefined;
  const task = withoutPlace(record, NewImage);
  return isNamedIn(JSON.stringify(task), username) ? undefined : task;
};

/** Thoughts and erasures are read anew when their records are processed. */
const withoutAttribute = ({ dynamodb, ...record }: DynamoDBRecord, name: string): DynamoDBRecord => {
  const without = ({ [name]: _, ...image }: Image): Image => image;
  const { NewImage, OldImage } = dynamodb ?? {};
  return {
    ...record,
    dynamodb: {
      ...dynamodb,
      ...(NewImage && { NewImage: without(NewImage) }),
      ...(OldImage && { OldImage: without(OldImage) }),
    },
  };
};

/**
 * A task goes on behind the last member that was delivered, who is named in the range and in the key. It goes on behind the member's
 * slice instead: who else is in the slice is delivered again, which changes nothing. The item that the key named
 * is out of reach, so the task is marked as expired: it goes on without asking whether it was replaced.
 */
const withoutPlace = ({ dynamodb, ...record }: DynamoDBRecord, image: Image): DynamoDBRecord => {
  const after = image.range?.M?.after?.S;
  const shorter = (text: string) => (after === undefined ? text : text.replace(`>${after}`, ''));
  const pk = { S: shorter(image.pk?.S ?? '') };
  const range = { M: { ...image.range?.M, ...(after !== undefined && { after: { S: sliceOfMember(after) } }) } };
  return {
    ...record,
    dynamodb: {
      ...dynamodb,
      Keys: { ...dynamodb?.Keys, pk },
      NewImage: { ...image, pk, range, expiresAt: { N: '0' } },
    },
  };
};
