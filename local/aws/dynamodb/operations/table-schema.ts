import type {
  CreateTableInput,
  KeySchemaElement,
  LocalSecondaryIndex,
  Projection as ProjectionInput,
} from '@aws-sdk/client-dynamodb';
import { validation } from '../errors.ts';
import type { State } from '../state.ts';
import type { TableSchema } from '../table.ts';
import type { IndexSchema, KeyAttribute, KeySchema, Projection, StreamViewType } from '../types.ts';

const invalid = (message: string) => validation(`One or more parameter values were invalid: ${message}`);
const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_INDEXES = 20;
const MAX_LOCAL_INDEXES = 5;

/** Reads CreateTable's request. @throws ValidationException */
export const tableSchema = (state: State, input: CreateTableInput, now: number): TableSchema => {
  const name = input.TableName ?? '';
  if (!NAME.test(name)) {
    throw validation(
      `Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'`,
    );
  }
  const types = new Map(
    (input.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  const used = new Set<string>();
  const attribute = (element: KeySchemaElement | undefined): KeyAttribute => {
    const type = types.get(element?.AttributeName ?? '');
    if (!element?.AttributeName || !type) {
      throw invalid(
        `Some index key attributes are not defined in AttributeDefinitions. Keys: [${element?.AttributeName}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
      );
    }
    used.add(element.AttributeName);
    return { name: element.AttributeName, type };
  };
  const keySchema = (elements: KeySchemaElement[] = []): KeySchema => {
    const [hash, range] = elements;
    if (hash?.KeyType !== 'HASH' || (range && range.KeyType !== 'RANGE') || elements.length > 2) {
      throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
    }
    return { partition: attribute(hash), sort: range && attribute(range) };
  };
  const key = keySchema(input.KeySchema);
  const indexSchema =
    (kind: IndexSchema['kind']) =>
    ({ IndexName = '', KeySchema, Projection }: LocalSecondaryIndex): IndexSchema => ({
      kind,
      name: IndexName,
      key: keySchema(KeySchema),
      projection: projectionOf(Projection),
    });
  const global = (input.GlobalSecondaryIndexes ?? []).map(indexSchema('global'));
  const local = (input.LocalSecondaryIndexes ?? []).map(indexSchema('local'));
  if (global.length > MAX_INDEXES) throw invalid('GlobalSecondaryIndex count exceeds the per-table limit of 20');
  checkLocalIndexes(local, key);
  const indexes = [...global, ...local];
  if (new Set(indexes.map((index) => index.name)).size < indexes.length) {
    throw invalid('Duplicate index name: indexes must have distinct names');
  }
  if (used.size < types.size) {
    throw invalid(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  const arn = `arn:aws:dynamodb:${state.region}:000000000000:table/${name}`;
  const { StreamEnabled, StreamViewType } = input.StreamSpecification ?? {};
  const viewType = (StreamViewType ?? 'NEW_AND_OLD_IMAGES') as StreamViewType;
  return {
    name,
    id: `${name}-${now}`,
    arn,
    createdAt: now,
    key,
    indexes,
    stream: StreamEnabled ? { viewType, label: new Date(now).toISOString().slice(0, -1) } : undefined,
    description: {
      AttributeDefinitions: input.AttributeDefinitions,
      KeySchema: input.KeySchema,
      indexInputs: input.GlobalSecondaryIndexes,
      localIndexInputs: input.LocalSecondaryIndexes,
      BillingMode: input.BillingMode ?? 'PROVISIONED',
      ProvisionedThroughput: input.ProvisionedThroughput,
      StreamSpecification: input.StreamSpecification,
    },
  };
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html @throws ValidationException */
const checkLocalIndexes = (indexes: IndexSchema[], table: KeySchema): void => {
  if (indexes.length > 0 && !table.sort) {
    throw invalid('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex');
  }
  for (const { name, key } of indexes) {
    if (!key.sort) throw invalid(`Index KeySchema does not have a range key for index: ${name}`);
    if (key.partition.name !== table.partition.name) {
      throw invalid(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. index hash key: ${key.partition.name}, table hash key: ${table.partition.name}`,
      );
    }
  }
  if (indexes.length > MAX_LOCAL_INDEXES) {
    throw invalid('Number of LocalSecondaryIndexes exceeds per-table limit of 5');
  }
};

const projectionOf = (input: ProjectionInput | undefined): Projection => {
  if (input?.ProjectionType === 'KEYS_ONLY') return { kind: 'keys' };
  if (input?.ProjectionType === 'INCLUDE') return { kind: 'include', attributes: input.NonKeyAttributes ?? [] };
  if (input?.ProjectionType === 'ALL') return { kind: 'all' };
  throw invalid('Unknown ProjectionType: null');
};
