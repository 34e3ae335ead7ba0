import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODES, meaningOf } from '../../../tools/simulation/codes.ts';

const FOLDER = new URL('../../../tools/simulation/', import.meta.url);
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
/** Where the checks name what they find: `violate('x', …)`, `find('x', …)` and `code: 'x'`. */
const FOUND = /(?:violate\(\s*|find\(\s*|code: )['`]([a-z_0-9]+)(?:\$\{\w+\})?['`]/g;
const CHECKS = ['history.ts', 'device-history.ts', 'checks.ts', 'conversation-checks.ts', 'run.ts'];

describe('the codes of violations', () => {
  const used = new Set(
    CHECKS.flatMap((file) =>
      [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(FOUND)].map(([, code]) => code ?? ''),
    ),
  );

  it('are all found in files that are there', () => {
    expect(readdirSync(FOLDER)).toEqual(expect.arrayContaining(CHECKS));
    expect(used.size).toBeGreaterThan(25);
  });

  it.each([...used])('have a meaning: %s', (code) => {
    expect(meaningOf(code)).toBeDefined();
  });

  it.each(CODES)('are used, belong to an invariant, and are in docs/simulation.md: $code', ({ code, invariant }) => {
    expect([...used].filter((one) => meaningOf(one)?.code === code)).not.toEqual([]);
    expect(read('docs/invariants.md')).toMatch(new RegExp(`^${invariant}\\. \\*\\*`, 'm'));
    expect(read('docs/simulation.md')).toContain(`\`${code}${code.endsWith('_') ? '…' : ''}\``);
  });
});
