import { writeFileSync } from 'node:fs';
import { printFigure } from '../../tools/support/measure.ts';
import { measureUnits } from '../support/units.ts';

/** What `npm run cost` multiplies by prices. */
const FILE = new URL('../../tools/cost/units.json', import.meta.url);

/** Read and write units by AWS's rules, for each access pattern; a test holds them to a budget. */
const found = await measureUnits();
for (const [name, { reads, writes }] of Object.entries(found)) {
  printFigure(`units.${name}`, reads, 'rru');
  if (writes > 0) printFigure(`units.${name}_written`, writes, 'wru');
}
const lines = Object.entries(found).map(
  ([name, { reads, writes }]) => `  "${name}": { "reads": ${reads}, "writes": ${writes} }`,
);
writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
