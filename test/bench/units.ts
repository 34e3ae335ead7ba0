import { printFigure } from '../../tools/support/measure.ts';
import { measureUnits } from '../support/units.ts';

/** Read and write units by AWS's rules, for each access pattern; a test holds them to a budget. */
for (const [name, { reads, writes }] of Object.entries(await measureUnits())) {
  printFigure(`units.${name}`, reads, 'rru');
  if (writes > 0) printFigure(`units.${name}_written`, writes, 'wru');
}
