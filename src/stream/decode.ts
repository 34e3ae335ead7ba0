import type { AttributeValue as SdkAttributeValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { MessageItem, RosterItem } from '../conversations/conversation-items.ts';
import type { InboxItem } from '../conversations/inbox.ts';
import { toItem } from '../dynamodb/attributes.ts';
import type { ConversationChange } from '../fan-out/conversations.ts';
import type { Change } from '../fan-out/fan-out.ts';
import { type TaskItem, toTask } from '../fan-out/task.ts';
import { namesOfEdge } from '../keys/keys.ts';
import type { Item } from '../table/table.ts';
import { type ThoughtItem, toThought } from '../thoughts/thought-items.ts';

/** A record that nothing can be made of. It will be no better the next time. */
export class UnreadableRecordError extends Error {
  readonly code = 'unreadable_record';
  override readonly name = 'UnreadableRecordError';
}

/** The person and the step, when the record is of an erasure's item. */
export const decodeErasure = ({ dynamodb }: DynamoDBRecord): { username: string; step: number } | undefined => {
  const { type, username, step } = dynamodb?.NewImage ?? {};
  return type?.S === 'erasure' && username?.S !== undefined
    ? { username: username.S, step: Number(step?.N) }
    : undefined;
};

/** Decodes a stream record into a change; `undefined` for records without work, which the mapping's filter excludes. */
export const decodeRecord = (record: DynamoDBRecord): Change | undefined => {
  const { NewImage, OldImage } = record.dynamodb ?? {};
  if (record.eventName === 'REMOVE') return OldImage && removed(decodeItem(OldImage));
  if (!NewImage) throw new UnreadableRecordError('The record has no new image');
  const item = decodeItem(NewImage);
  switch (item.type) {
    case 'thought': {
      const { author, id, version, createdAt, editedAt, deletedAt } = checkedThought(item as ThoughtItem);
      const before = OldImage && (decodeItem(OldImage) as ThoughtItem);
      // Moved in an index by a migration, or the like: nothing that anybody would hear of.
      if (before?.version === version) return undefined;
      const change = { author, id, version, at: deletedAt ?? editedAt ?? createdAt };
      return { kind: 'thought', change, topicsBefore: before?.topics ?? [], imageBefore: before?.image };
    }
    case 'following':
      if (record.eventName === 'INSERT') return { kind: 'following', follower: namesOfEdge(item).follower };
      return OldImage && changedEdge(decodeItem(OldImage), item);
    case 'barred':
      // A block has ended the follow.
      return OldImage && changedEdge(decodeItem(OldImage), item);
    case 'message': {
      const change = messageChange(item as MessageItem);
      // Moved by a migration, or the like: nothing that anybody would hear of.
      const isSame = OldImage && (decodeItem(OldImage) as MessageItem).version === (item as MessageItem).version;
      return isSame ? undefined : { kind: 'conversation', change };
    }
    case 'roster':
      return { kind: 'conversation', change: rosterChange(item, OldImage && decodeItem(OldImage)) };
    case 'inbox':
      return readMark(item as InboxItem);
    case 'task': {
      const { pk, sk, expiresAt } = item as TaskItem;
      return { kind: 'task', key: { pk, sk }, task: toTask(item as TaskItem), expiresAt };
    }
    default:
      return undefined;
  }
};

/** Of what is taken away, a follow's end concerns its two, and an expired thought its image. */
const removed = (item: Item & { image?: string }): Change | undefined => {
  if (item.type === 'following') return relationOf(item);
  return item.type === 'thought' && item.image ? { kind: 'vanished', image: item.image } : undefined;
};

/** A later change of the edge fills nothing; that somebody is muted or barred is told to the reader's connections. */
const changedEdge = (before: Item & { muted?: boolean }, after: Item & { muted?: boolean }): Change | undefined => {
  if (before.type !== 'following') return undefined;
  return after.type === 'following' && before.muted === after.muted ? undefined : relationOf(after);
};

const messageChange = (item: MessageItem): ConversationChange => {
  const { conversation, place, version, createdAt, editedAt, deletedAt } = item;
  const isWhole =
    typeof conversation === 'string' &&
    Number.isInteger(place) &&
    Number.isInteger(version) &&
    Number.isFinite(createdAt);
  if (!isWhole) throw new UnreadableRecordError(`${item.pk} ${item.sk} is no whole message`);
  return { kind: 'message', conversation, place, version, at: deletedAt ?? editedAt ?? createdAt };
};

const rosterChange = (item: Item, before: Item | undefined): ConversationChange => {
  const { id, members } = item as RosterItem;
  if (typeof id !== 'string' || !Array.isArray(members)) {
    throw new UnreadableRecordError(`${item.pk} ${item.sk} is no whole roster`);
  }
  const names = (before as RosterItem | undefined)?.members.map(({ username }) => username) ?? [];
  return { kind: 'roster', conversation: id, before: names };
};

/** What the stream itself writes into an inbox concerns nobody else. */
const readMark = ({ pk, sk, changedBy, conversation, username }: InboxItem): Change | undefined => {
  if (changedBy !== 'reader') return undefined;
  if (typeof conversation !== 'string' || typeof username !== 'string') {
    throw new UnreadableRecordError(`${pk} ${sk} is no whole row of an inbox`);
  }
  return { kind: 'conversation', change: { kind: 'read', conversation, username } };
};

const relationOf = (item: Item): Change => ({ kind: 'relation', relation: namesOfEdge(item) });

const decodeItem = (image: Record<string, AttributeValue>): Item => {
  try {
    return toItem(image as Record<string, SdkAttributeValue>);
  } catch (cause) {
    throw new UnreadableRecordError('The image is no item', { cause });
  }
};

/** Items are written by this code alone; but what a hand has put into the table must not pass for a thought. */
const checkedThought = (item: ThoughtItem) => {
  const isWhole =
    typeof item.id === 'string' &&
    typeof item.author === 'string' &&
    typeof item.text === 'string' &&
    Number.isInteger(item.seq) &&
    Number.isInteger(item.version) &&
    Number.isFinite(item.createdAt) &&
    Array.isArray(item.topics);
  if (!isWhole) throw new UnreadableRecordError(`${item.pk} ${item.sk} is no whole thought`);
  return toThought(item);
};
