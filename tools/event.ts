import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { Api, runningStack } from './support/api.ts';

new Command('event')
  .description('Prints an event for `sls invoke local` that needs something fresh in it')
  .argument('<name>', 'connect: a $connect with a valid ticket')
  .option('--user <username>', 'who connects', 'bob')
  .option('--state <file>', 'the stack to use')
  .action(async (name: string, { user, state }: { user: string; state?: string }, command: Command) => {
    if (name !== 'connect') command.error(`There is no event "${name}"; there is: connect`);
    const event = JSON.parse(readFileSync(new URL('../events/websocket-connect.json', import.meta.url), 'utf8'));
    const ticket = await (await Api.login(runningStack(state), user)).ticket();
    process.stdout.write(`${JSON.stringify({ ...event, queryStringParameters: { ticket } }, null, 2)}\n`);
  })
  .parseAsync();
