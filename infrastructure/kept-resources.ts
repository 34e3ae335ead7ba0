import type { Conditional } from './fold-conditions.ts';

/** A resource that outlives its stack. */
export interface KeptResource {
  /** Its name in the template. */
  id: string;
  /** Its name in AWS. */
  name: string;
}

/** Of what a stack holds, that which its removal leaves, by the template. @param held names in AWS by names in the template */
export const keptResources = ({ Resources = {} }: Conditional, held: Map<string, string>): KeptResource[] =>
  Object.entries(Resources)
    .filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy.startsWith('Retain'))
    .flatMap(([id]) => {
      const name = held.get(id);
      return name === undefined ? [] : [{ id, name }];
    });

/** The parameter by which the next deployment takes a kept resource over. */
const PARAMETERS: Record<string, string> = {
  Table: 'tableName',
  FailureBucket: 'failureBucket',
  ImageBucket: 'imageBucket',
};

/** The commands that delete a kept resource for good, with all that is in it. */
const DELETIONS: Record<string, (name: string) => string> = {
  Table: (name) =>
    `aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled; aws dynamodb delete-table --table-name ${name}`,
  FailureBucket: (name) => `aws s3 rb --force s3://${name}`,
  ImageBucket: (name) => `aws s3 rb --force s3://${name}`,
  UserPool: (name) =>
    `aws cognito-idp update-user-pool --user-pool-id ${name} --deletion-protection INACTIVE; aws cognito-idp delete-user-pool --user-pool-id ${name}`,
};

/** What `sls remove` says at its end; nothing when nothing was kept. */
export const keptText = (kept: KeptResource[], stage: string, region: string): string => {
  if (kept.length === 0) return '';
  const nameOf = (id: string) => kept.find((one) => one.id === id)?.name;
  const given = Object.entries(PARAMETERS).flatMap(([id, parameter]) => {
    const name = nameOf(id);
    return name === undefined ? [] : [`--param ${parameter}=${name}`];
  });
  const [pool, client] = [nameOf('UserPool'), nameOf('UserPoolClient')];
  if (pool && client) {
    given.push(`--param issuerUrl=https://cognito-idp.${region}.amazonaws.com/${pool}`, `--param audience=${client}`);
  }
  const deletions = kept.flatMap(({ id, name }) => DELETIONS[id]?.(name) ?? []);
  return [
    'Kept, and outside of any stack from now on:',
    ...kept.map(({ id, name }) => `  ${id.padEnd(20)} ${name}`),
    '',
    'To take it over:',
    `  npx sls deploy --stage ${stage} --region ${region} \\\n    ${given.join(' \\\n    ')}`,
    '',
    'To delete it for good:',
    ...deletions.map((line) => `  ${line}`),
    '',
  ].join('\n');
};

/** Whether a deployment is told to take over what was kept. */
export const takesOver = ({ Resources = {} }: Conditional): boolean =>
  Object.keys(PARAMETERS).some((id) => {
    const properties = Resources[id]?.Properties ?? {};
    return 'TableName' in properties || 'BucketName' in properties;
  });
