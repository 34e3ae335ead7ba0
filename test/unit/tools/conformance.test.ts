import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../../tools/conformance/checks/index.ts';
import { withResults } from '../../../tools/conformance/report.ts';

describe('The table of conformance', () => {
  it('has a column for each target, and says where nobody has looked', () => {
    expect(withResults('', 'laptop', new Map([['It is so', 'holds, 2026-01-02']]))).toBe(
      '| rule | laptop | emulator | aws |\n|---|---|---|---|\n| It is so | holds, 2026-01-02 | not run | not run |\n',
    );
  });

  it('keeps what was found elsewhere, and forgets rules that are gone', () => {
    const before = withResults(
      '',
      'laptop',
      new Map([
        ['Old', 'holds, 1'],
        ['It is so', 'holds, 1'],
      ]),
    );
    const after = withResults(
      before,
      'aws',
      new Map([
        ['It is so', 'holds, 2'],
        ['New', '**410**, 2'],
      ]),
    );
    expect(after.split('\n').slice(2)).toEqual([
      '| It is so | holds, 1 | not run | holds, 2 |',
      '| New | not run | not run | **410**, 2 |',
      '',
    ]);
  });

  it('has room for every rule: none has a bar in it, and no two are the same', () => {
    const rules = CHECKS.map(({ rule }) => rule);
    expect(rules.filter((rule) => rule.includes('|'))).toEqual([]);
    expect(new Set(rules).size).toBe(rules.length);
  });
});
