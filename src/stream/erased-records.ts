import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { sliceOfMember } from '../fan-out/key-range.ts';

type Image = Record<string, AttributeValue>;

/** Whether JSON names a person: as a whole value, or as a part of a key. */
export const isNamedIn = (json: string, username: string): boolean =>
  json.includes(`"${username}"`) || new RegExp(`#${username}(?:#|")`).test(json);

/**
 * A failed record without a person who was erased; `undefined` when nothing is left to run again. Other people's deliveries stay: a
 * thought of somebody else loses the reference to the person, a task the place where it goes on. What is left of the other kinds
 * (a follow, a message, a roster, a read mark) only tells open connections what their next reading shows as well.
 */
export const withoutPerson = (record: DynamoDBRecord, username: string): DynamoDBRecord | undefined => {
  if (!isNamedIn(JSON.stringify(record), username)) return record;
  const { NewImage, OldImage } = record.dynamodb ?? {};
  const image = NewImage ?? OldImage;
  if (image?.type?.S === 'thought' && image.author?.S !== username) return withoutReplied(record);
  if (NewImage?.type?.S !== 'task') return undefined;
  const task = withoutPlace(record, NewImage);
  return isNamedIn(JSON.stringify(task), username) ? undefined : task;
};

/** The thought is read anew when it is delivered; the erasure takes the same attribute out of the item. */
const withoutReplied = ({ dynamodb, ...record }: DynamoDBRecord): DynamoDBRecord => {
  const without = ({ inReplyTo: _, ...image }: Image): Image => image;
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
