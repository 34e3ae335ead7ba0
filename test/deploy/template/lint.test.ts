import { describe, expect, it } from 'vitest';
import {
  CFN_LINT_EXCEPTIONS,
  CHECKOV_EXCEPTIONS_BY_DEFAULT,
  CHECKOV_EXCEPTIONS_WITH_EVERYTHING,
} from './exceptions.ts';
import { cfnLint, checkov, outdated, unexplained } from './lint.ts';
import { PackagedTemplate } from './packaged.ts';

describe.each([
  ['dev', CHECKOV_EXCEPTIONS_BY_DEFAULT],
  ['prod', CHECKOV_EXCEPTIONS_BY_DEFAULT],
  ['external', CHECKOV_EXCEPTIONS_BY_DEFAULT],
  ['everything', CHECKOV_EXCEPTIONS_WITH_EVERYTHING],
] as const)('The template of %s', (name, exceptions) => {
  const { file } = PackagedTemplate.read(name);

  it('passes cfn-lint, except for rules that are turned off with a reason', async () => {
    const remarks = await cfnLint(file);
    expect(unexplained(remarks, CFN_LINT_EXCEPTIONS)).toEqual([]);
    expect(outdated(remarks, CFN_LINT_EXCEPTIONS)).toEqual([]);
  });

  it('passes checkov, except for rules that are turned off with a reason', async () => {
    const remarks = await checkov(file);
    expect(unexplained(remarks, [...exceptions])).toEqual([]);
    expect(outdated(remarks, [...exceptions])).toEqual([]);
  });
});
