import { Command } from 'commander';
import { openTable, withTableOptions } from '../support/open-table.ts';
import { wholeNumber } from '../support/option-numbers.ts';
import * as commands from './commands.ts';

const count = wholeNumber(1);

const program = withTableOptions(new Command('table')).description(
  'The table, by hand: on the running stack of this laptop, at an endpoint, or on AWS',
);

const target = (): Promise<commands.Target> => openTable(program.opts());

program
  .command('create')
  .description('make the table of serverless.yml')
  .action(async () => commands.create(await target()));
program
  .command('list')
  .description('name all tables')
  .action(async () => commands.list(await target()));
program
  .command('describe')
  .description('show the table')
  .action(async () => commands.describe(await target()));
program
  .command('scan')
  .description('print items, one a line')
  .option('--limit <n>', 'at most so many', count)
  .action(async (options) => commands.scan(await target(), options));
program
  .command('get <pk> <sk>')
  .description('print one item')
  .action(async (pk: string, sk: string) => commands.get(await target(), pk, sk));
program
  .command('query <pk>')
  .description('print the items of a partition')
  .option('--prefix <text>', 'only sort keys that begin so')
  .option('--limit <n>', 'at most so many', count)
  .option('--newest', 'the last first')
  .option('--index', 'a partition of feed')
  .action(async (pk: string, options) => commands.query(await target(), pk, options));
program
  .command('import <file>')
  .description('put the items of a file: JSON, one a line or an array')
  .action(async (file: string) => commands.importItems(await target(), file));
program
  .command('restore <file>')
  .description('put the sources of an export into an empty table, and rebuild what is derived')
  .action(async (file: string) => commands.restoreItems(await target(), file));
program
  .command('export [file]')
  .description('write all items, one a line')
  .action(async (file?: string) => commands.exportItems(await target(), file));
program
  .command('seed')
  .description('make users, follows and thoughts')
  .option('--users <n>', 'how many users', count, 50)
  .option('--thoughts <n>', 'how many thoughts', count, 200)
  .action(async (options) => commands.seedTable(await target(), options));
program
  .command('drop')
  .description('delete the table')
  .option('--yes', 'without asking')
  .action(async (options) => commands.drop(await target(), options));
program
  .command('migrate')
  .description('bring a table of the first edition to the second; goes on where it was broken off')
  .action(async () => commands.migrateTable(await target()));
program
  .command('audit')
  .description('hold everything derived against its source; ends with 1 if something disagrees')
  .action(async () => commands.auditTable(await target()));

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
