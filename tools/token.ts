import { Command } from 'commander';
import { fetchToken } from '../local/issuer.ts';
import { runningStack } from './support/api.ts';
import { wholeNumber } from './support/option-numbers.ts';

new Command('token')
  .description('Prints an access token of the running stack')
  .argument('<username>', 'who the token is for')
  .option('--expires-in <seconds>', 'how long it holds', wholeNumber(1))
  .option('--state <file>', 'the stack to use')
  .action(async (username: string, { expiresIn, state }: { expiresIn?: number; state?: string }) => {
    process.stdout.write(`${await fetchToken(runningStack(state).issuer, username, expiresIn)}\n`);
  })
  .parseAsync();
