import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';

export interface HandlerFile {
  path: string;
  /** The export's name, with dots for a member of an export. */
  exported: string;
}

/** The extensions that Lambda looks for, and then those of TypeScript files whose types Node can strip. */
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * The file of a handler as serverless.yml names it: `src/handler.main`.
 * @param folder the bundler's output, or the service's folder
 * @throws Error that names the missing files
 */
export const findHandler = (folder: string, handler: string): HandlerFile => {
  const { dir, base } = parse(handler);
  const [name = '', ...exported] = base.split('.');
  const stem = join(folder, dir, name);
  const found = EXTENSIONS.find((extension) => existsSync(`${stem}${extension}`));
  if (!found) throw new Error(`There is no handler file ${stem} with one of the extensions ${EXTENSIONS.join(', ')}`);
  return { path: `${stem}${found}`, exported: exported.join('.') };
};
