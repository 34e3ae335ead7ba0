import { buildPage } from '../web/build.ts';

/** `npm run web:build`: prints the folder of the built page. */
process.stdout.write(`${await buildPage()}\n`);
