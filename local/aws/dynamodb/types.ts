import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item or a key, as the SDK writes it. What is stored is never changed in place. */
export type Attributes = Record<string, AttributeValue>;

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

/** The key of a table or of an index. */
export interface KeySchema {
  partition: KeyAttribute;
  sort: KeyAttribute | undefined;
}

/** Which attributes an index holds beside the keys. */
export type Projection = { kind: 'all' } | { kind: 'keys' } | { kind: 'include'; attributes: string[] };

export interface IndexSchema {
  /** A local index has the partition key of its table, can be read consistently, and takes the table's capacity. */
  kind: 'global' | 'local';
  name: string;
  key: KeySchema;
  projection: Projection;
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/**
 * A change as the table's stream tells it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
export interface StreamRecord {
  tableName: string;
  /** 1 for the first record of the engine; grows by one. */
  sequence: number;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  keys: Attributes;
  newImage?: Attributes;
  oldImage?: Attributes;
  /** Only of what the time to live removed. */
  userIdentity?: { type: string; principalId: string };
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Units that one request takes from one partition key of a table or an index. */
export interface Charge {
  tableName: string;
  indexName: string | undefined;
  /** Of a local index, whose units are the table's. */
  isLocal?: boolean;
  /** The partition key in its sortable form; undefined for what has none, as a scan. */
  partition: string | undefined;
  kind: 'read' | 'write';
  units: number;
}

/** Whether there is capacity for a request; when not, in which index (undefined: in the table). */
export type Admission = { kind: 'admitted' } | { kind: 'throttled'; indexName: string | undefined };

/** What surrounds one request. */
export interface Context {
  /** Milliseconds since 1970. */
  now: number;
  /** Draws the instant that an eventually consistent read shows; the present when left out. */
  asOf?: (() => number) | undefined;
  /** Takes the units of a request before it has an effect, or refuses it; everything is admitted when left out. */
  charge?: ((charges: Charge[]) => Admission) | undefined;
  /** Whether another transaction holds the item; nothing is held when left out. */
  isHeld?: ((itemId: string) => boolean) | undefined;
  /** Whether a batch leaves its next item unprocessed; none is left when this is left out. */
  isLeft?: (() => boolean) | undefined;
}
