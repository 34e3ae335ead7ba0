import { readFileSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Imports a bundle in a fresh process, and calls its handler with an event from a file. Prints the microseconds of CPU of
 * the import, and of both together. With `--bytes` it only imports, and prints the size of all files that this reads.
 */
const [bundle = '', event = ''] = process.argv.slice(2);
let bytes = 0;
if (event === '--bytes') {
  registerHooks({
    load: (url, context, next) => {
      if (url.startsWith('file:')) bytes += statSync(fileURLToPath(url)).size;
      return next(url, context);
    },
  });
}
const microsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return user + system;
};
const given: unknown = event === '--bytes' ? undefined : JSON.parse(readFileSync(event, 'utf8'));
const context = { getRemainingTimeInMillis: () => 60_000 };

const before = process.cpuUsage();
const { handler } = (await import(bundle)) as { handler: (event: unknown, context: object) => Promise<object> };
const imported = microsSince(before);
if (event === '--bytes') process.stdout.write(`${bytes}\n`);
else {
  const answer = await handler(given, context);
  const answered = microsSince(before);
  process.stdout.write(`${imported} ${answered} ${JSON.stringify(answer)}\n`);
}
process.exit();
