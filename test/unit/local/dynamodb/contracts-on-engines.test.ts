import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import config from '../../../../vitest.config.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

interface Project {
  test: { name: string; include: string[] };
}

/** The contract suites that the tests of a project import. */
const contractsIn = (name: string): string[] => {
  const projects = (config.test?.projects ?? []) as Project[];
  const files = globSync(projects.find(({ test }) => test.name === name)?.test.include ?? [], { cwd: root });
  const imports = files.flatMap((file) => {
    const found = readFileSync(`${root}${file}`, 'utf8').matchAll(/support\/contracts\/([\w-]+\.ts)/g);
    return [...found].map(([, contract = '']) => contract);
  });
  return [...new Set(imports)].sort();
};

/** About a bucket: these use no table. */
const WITHOUT_TABLE = ['image-objects-contract.ts'];

it.each(['integration', 'dynamodb-local'])('every contract suite about the table runs in the project %s', (name) => {
  const all = globSync('*.ts', { cwd: `${root}test/support/contracts` }).sort();
  expect(contractsIn(name)).toEqual(expect.arrayContaining(all.filter((suite) => !WITHOUT_TABLE.includes(suite))));
});
