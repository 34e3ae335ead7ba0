import type { KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { itemSize } from '../dynamodb/item-size.ts';
import { attributesJson } from '../dynamodb/json.ts';
import type { Change, TableSchema } from '../dynamodb/table.ts';
import type { StreamRecord } from '../dynamodb/types.ts';
import { streamNotFound } from './errors.ts';
import type { KeptRecord } from './record-queue.ts';
import {
  DEFAULT_LIMITS,
  type StreamIdentity,
  type StreamLimits,
  type StreamProgress,
  TableStream,
} from './table-stream.ts';

/** A sequence number has at least 21 digits: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html */
const DIGITS = 20;
const FORM = /^1(\d{20})$/;

export const sequenceNumber = (sequence: number): string => `1${String(sequence).padStart(DIGITS, '0')}`;

/** The sequence that a number names; undefined for one that was never given. */
export const sequenceOf = (number: string): number | undefined => {
  const digits = FORM.exec(number)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** All streams of an engine. A record's JSON is made once, when it is written. */
export class Streams {
  readonly limits: StreamLimits;
  readonly #streams = new Map<string, TableStream>();
  #sequence = 0;

  constructor(limits: Partial<StreamLimits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get sequence(): number {
    return this.#sequence;
  }

  get all(): TableStream[] {
    return [...this.#streams.values()];
  }

  /** @throws ResourceNotFoundException */
  stream(arn: string): TableStream {
    const stream = this.#streams.get(arn);
    if (!stream) throw streamNotFound(arn);
    return stream;
  }

  /** Begins the stream of a table, if it has one. */
  begin(schema: TableSchema): void {
    const identity = identityOf(schema);
    if (identity) this.#streams.set(identity.arn, TableStream.begin(identity, this.limits, this.#sequence + 1));
  }

  end(schema: TableSchema, now: number): void {
    const identity = identityOf(schema);
    if (identity) this.#streams.get(identity.arn)?.end(this.#sequence, now);
  }

  /** Tells the table's stream of a change. */
  write({ table, before, after }: Change, now: number, userIdentity?: StreamRecord['userIdentity']): void {
    const { stream } = table.schema;
    const item = after ?? before;
    if (!stream || !item) return;
    const { viewType } = stream;
    const sequence = ++this.#sequence;
    const keys = table.keyOf(item);
    const [newImage, oldImage] = [viewType.startsWith('NEW') && after, viewType.includes('OLD') && before];
    const size = itemSize(keys) + (newImage ? newImage.size : 0) + (oldImage ? oldImage.size : 0);
    const [, , , region = ''] = table.schema.arn.split(':');
    const head = {
      eventID: sequence.toString(16).padStart(32, '0'),
      eventName: !before ? 'INSERT' : after ? 'MODIFY' : 'REMOVE',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      ...(userIdentity && { userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }),
    };
    const images =
      (newImage ? `,"NewImage":${attributesJson(newImage.attributes)}` : '') +
      (oldImage ? `,"OldImage":${attributesJson(oldImage.attributes)}` : '');
    const json = `${JSON.stringify(head).slice(0, -1)},"dynamodb":{"ApproximateCreationDateTime":${Math.floor(now / 1_000)},"Keys":${attributesJson(keys)}${images},"SequenceNumber":"${sequenceNumber(sequence)}","SizeBytes":${size},"StreamViewType":"${viewType}"}}`;
    this.#streams.get(arnOf(table.schema))?.push({ sequence, at: now, json });
  }

  /** Drops what nobody may read any more. */
  trim(now: number): void {
    for (const [arn, stream] of this.#streams) {
      stream.trim(now);
      if (stream.isOver(now)) this.#streams.delete(arn);
    }
  }

  /** Puts back what was kept elsewhere. */
  restore(sequence: number): void {
    this.#sequence = sequence;
  }

  restoreStream(identity: StreamIdentity, progress: StreamProgress): void {
    this.#streams.set(identity.arn, new TableStream(identity, this.limits, progress));
  }

  restoreRecords(arn: string, records: KeptRecord[]): void {
    const stream = this.#streams.get(arn);
    for (const record of records) stream?.records.push(record);
  }
}

const arnOf = ({ arn, stream }: TableSchema): string => `${arn}/stream/${stream?.label}`;

const identityOf = (schema: TableSchema): StreamIdentity | undefined => {
  const { name, createdAt, stream, description } = schema;
  if (!stream) return undefined;
  const keySchema = description.KeySchema as KeySchemaElement[];
  return { arn: arnOf(schema), label: stream.label, tableName: name, keySchema, viewType: stream.viewType, createdAt };
};
