import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Imports a bundle in a fresh process. Prints the microseconds of CPU, or with `--bytes` the size of all files read. */
const [bundle = '', mode] = process.argv.slice(2);
let bytes = 0;
if (mode === '--bytes') {
  registerHooks({
    load: (url, context, next) => {
      if (url.startsWith('file:')) bytes += statSync(fileURLToPath(url)).size;
      return next(url, context);
    },
  });
}
const before = process.cpuUsage();
await import(bundle);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${mode === '--bytes' ? bytes : user + system}\n`);
process.exit();
