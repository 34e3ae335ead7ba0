import { describe, expect, it } from 'vitest';
import { keptResources, keptText, takesOver } from '../../../infrastructure/kept-resources.ts';

const template = {
  Resources: {
    Table: { DeletionPolicy: 'RetainExceptOnCreate' },
    ImageBucket: { DeletionPolicy: 'Retain' },
    UserPool: { DeletionPolicy: 'RetainExceptOnCreate' },
    UserPoolClient: { DeletionPolicy: 'RetainExceptOnCreate' },
    HttpRole: {},
  },
};
const held = new Map([
  ['Table', 'table-1'],
  ['HttpRole', 'role-1'],
  ['UserPool', 'eu_1'],
  ['UserPoolClient', 'client-1'],
]);

describe('A removal', () => {
  it('keeps the resources of the stack whose policy is Retain', () => {
    expect(keptResources(template, held).map(({ name }) => name)).toEqual(['table-1', 'eu_1', 'client-1']);
  });

  it('says how to take the kept resources over, and how to delete them', () => {
    const text = keptText(keptResources(template, held), 'prod', 'eu-west-1');
    expect(text).toContain('--stage prod --region eu-west-1');
    expect(text).toContain('--param tableName=table-1');
    expect(text).toContain('--param issuerUrl=https://cognito-idp.eu-west-1.amazonaws.com/eu_1');
    expect(text).toContain('--param audience=client-1');
    expect(text).toContain('delete-table --table-name table-1');
    expect(text).not.toContain('role-1');
  });

  it('says nothing when nothing is kept', () => {
    expect(keptText([], 'prod', 'eu-west-1')).toBe('');
  });
});

describe('A deployment', () => {
  it("takes a resource over only when it is given the resource's name", () => {
    expect(takesOver({ Resources: { Table: { Properties: {} } } })).toBe(false);
    expect(takesOver({ Resources: { Table: { Properties: { TableName: 'table-1' } } } })).toBe(true);
    expect(takesOver({ Resources: { ImageBucket: { Properties: { BucketName: 'images-1' } } } })).toBe(true);
  });
});
