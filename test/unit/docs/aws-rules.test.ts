import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const [dynamoDb = '', others = ''] = readFileSync(`${ROOT}local/aws/README.md`, 'utf8').split('## The other services');

/** The rows of a table: what the rule says, its links, its files and its tests. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| rule '))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

describe.each([
  ['DynamoDB', dynamoDb, 'local/aws/dynamodb', 'test/unit/local/aws/dynamodb', 20],
  ['the other services', others, 'local/aws', 'test/unit/local', 15],
])('the rules of %s', (_name, text, folder, tests, least) => {
  const rows = rowsOf(text);

  it('are all there', () => {
    expect(rows.length).toBeGreaterThan(least);
  });

  it.each(rows)('link to AWS, to their files and to their tests: %s', (...[, links, files, testFiles]) => {
    expect(links).toMatch(/\(https:\/\/docs\.aws\.amazon\.com\/[^)]+\)/);
    const paths = [
      ...namesIn(files).map((file) => `${folder}/${file}`),
      ...namesIn(testFiles).map((file) => `${tests}/${file}`),
    ];
    expect(namesIn(testFiles)).not.toEqual([]);
    expect(paths.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});
