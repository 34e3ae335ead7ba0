import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { TableResource } from './create-table.ts';

/** The table's resource, read from the file that deploys it, without the properties that depend on parameters. */
export const tableResource = (): TableResource => {
  const text = readFileSync(new URL('../../infrastructure/table.yml', import.meta.url), 'utf8');
  const { Properties } = (parse(text) as { Resources: { Table: TableResource } }).Resources.Table;
  const fixed = (name: string) => (Properties[name] as object[]).filter((one) => !('Fn::If' in one));
  const [AttributeDefinitions, GlobalSecondaryIndexes] = ['AttributeDefinitions', 'GlobalSecondaryIndexes'].map(fixed);
  return { Properties: { ...Properties, AttributeDefinitions, GlobalSecondaryIndexes } };
};
