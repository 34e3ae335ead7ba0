import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';

export interface HandlerFile {
  path: string;
  /** The export's name; with dots where it is a member of an export. */
  exported: string;
}

/** What Lambda looks for, and then what Node itself can strip of types. */
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * The file of a handler as serverless.yml names it: `src/handler.main`.
 * @param folder where the bundler has put its output, or the service's own folder
 * @throws Error that names the files which are not there
 */
export const findHandler = (folder: string, handler: string): HandlerFile => {
  const { dir, base } = parse(handler);
  const [name = '', ...exported] = base.split('.');
  const stem = join(folder, dir, name);
  const found = EXTENSIONS.find((extension) => existsSync(`${stem}${extension}`));
  if (!found) throw new Error(`There is no ${stem} with ${EXTENSIONS.join(', ')}`);
  return { path: `${stem}${found}`, exported: exported.join('.') };
};
