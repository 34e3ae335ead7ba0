import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const rows = read('docs/glossary.md')
  .split('## Terms')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.slice(2, -2).split(' | '));

/** `number, `seq``: two names of one term. A note in brackets is no name. */
const namesOf = (term: string): string[] =>
  term
    .replaceAll(/\(.*?\)|`/g, '')
    .split(',')
    .map((name) => name.trim().toLowerCase());

describe('docs/glossary.md', () => {
  const code = globSync(['src/**/*.ts', 'client/*.ts', 'local/**/*.ts', 'tools/**/*.ts'], { cwd: root })
    .map(read)
    .join('\n')
    // A name of two words is written together in code: authorHead, author-head.
    .toLowerCase()
    .replaceAll(/[-_ ]/g, '');

  it.each(rows ?? [])('uses the term "%s" in the code, and says where the term comes from', (term, _, source) => {
    for (const name of namesOf(term ?? '')) expect(code).toContain(name.replaceAll(/[- ]/g, ''));
    expect(source).toMatch(/\[.+\]\(.+\)/);
  });
});
