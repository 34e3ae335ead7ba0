import { describe, expect, it } from 'vitest';
import { type Conditional, foldConditions } from '../../../infrastructure/fold-conditions.ts';

const folded = (template: object): object => {
  const copy = structuredClone(template) as Conditional;
  foldConditions(copy);
  return copy;
};

const Conditions = {
  On: { 'Fn::Equals': ['a', 'a'] },
  Off: { 'Fn::Not': [{ Condition: 'On' }] },
  Both: { 'Fn::And': [{ Condition: 'On' }, { Condition: 'Off' }] },
  Either: { 'Fn::Or': [{ Condition: 'On' }, { Condition: 'Off' }] },
};

describe('Conditions', () => {
  it('remove the resources and outputs that are off, and references to them', () => {
    const template = {
      Conditions,
      Resources: {
        A: { Condition: 'Either', DependsOn: ['B', 'C'] },
        B: { Condition: 'Both' },
        C: {},
      },
      Outputs: { A: { Condition: 'On', Value: 1 }, B: { Condition: 'Off', Value: 2 } },
      extensions: { C: { DependsOn: 'B' } },
    };
    expect(folded(template)).toEqual({
      Resources: { A: { DependsOn: ['C'] }, C: {} },
      Outputs: { A: { Value: 1 } },
      extensions: { C: { DependsOn: [] } },
    });
  });

  it('choose between values at any depth, and remove properties without a value', () => {
    const none = { Ref: 'AWS::NoValue' };
    const Properties = {
      chosen: { 'Fn::If': ['On', { 'Fn::If': ['Off', 1, 2] }, 3] },
      dropped: { 'Fn::If': ['Off', 1, none] },
      list: [1, { 'Fn::If': ['Off', 2, none] }, { 'Fn::If': ['On', 3, none] }],
      other: { Ref: 'Table' },
      policy: { Condition: { Bool: { 'aws:SecureTransport': false } } },
    };
    expect(folded({ Conditions, Resources: { A: { Properties } } })).toEqual({
      Resources: {
        A: {
          Properties: {
            chosen: 2,
            list: [1, 3],
            other: { Ref: 'Table' },
            policy: { Condition: { Bool: { 'aws:SecureTransport': false } } },
          },
        },
      },
    });
  });

  it.each([
    [{ Odd: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] } }, "Odd can't be decided"],
    [{}, 'no condition Odd'],
  ])('%j are refused by name', (conditions, message) => {
    expect(() => folded({ Conditions: conditions, Resources: { A: { Condition: 'Odd' } } })).toThrow(message);
  });
});
