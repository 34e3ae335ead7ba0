import { Command, InvalidArgumentError } from 'commander';
import type { ThoughtReference } from '../../src/thoughts/thought.ts';
import { openTable, withTableOptions } from '../support/open-table.ts';
import { stepsOf } from './delivery-steps.ts';

const thoughtReference = (text: string): ThoughtReference => {
  const [author, id, ...more] = text.split('/');
  if (!author || !id || more.length > 0) throw new InvalidArgumentError('Write the thought as <author>/<id>.');
  return { author, id };
};

const program = withTableOptions(new Command('why'))
  .description('Names each hop that a thought took, or did not take, to a person')
  .argument('<thought>', 'as <author>/<id>', thoughtReference)
  .argument('<user>', 'to whom')
  .action(async (thought: ThoughtReference, user: string) => {
    const { table } = await openTable(program.opts());
    const hops = await stepsOf(table, thought, user, Date.now());
    for (const { step, outcome, reason } of hops) {
      process.stdout.write(`${outcome === 'taken' ? 'yes' : 'NO '}  ${step.padEnd(12)} ${reason}\n`);
    }
  });

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
