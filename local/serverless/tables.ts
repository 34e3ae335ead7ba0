import type { TableResource } from '../dynamodb/create-table.ts';
import { type Names, resolveKnown, resolveValue } from './cloudformation.ts';
import type { Resource } from './types.ts';

export interface PlannedTable {
  /** The logical id in the template. */
  logicalId: string;
  name: string;
  resource: TableResource;
}

const TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/** The tables among a service's resources. A table without a name gets one, as in CloudFormation. */
export const readTables = (resources: Record<string, Resource>, names: Names): PlannedTable[] =>
  Object.entries(resources)
    .filter(([, { Type }]) => TYPES.includes(Type))
    .map(([logicalId, { Properties = {} }]) => {
      const named = resolveValue(Properties.TableName, names);
      const generated = `${names['AWS::StackName']}-${logicalId}`;
      const name = named.kind === 'value' && named.value !== undefined ? String(named.value) : generated;
      return { logicalId, name, resource: { Properties: resolveKnown(Properties, names) as Record<string, unknown> } };
    });

/** The table's name in the ARN of a table or a stream. */
export const tableOfArn = (arn: string): string | undefined => /:table\/([^/]+)/.exec(arn)?.[1];
