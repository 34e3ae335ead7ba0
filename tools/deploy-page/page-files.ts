import { globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { PageConfig } from '../../web/policy.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** A file of the page, as it stands in the bucket. */
export interface PageFile {
  key: string;
  body: Buffer | string;
  contentType: string;
  cacheControl: string;
}

/** What the page reads of a stack's outputs. @throws Error that names what is missing */
export const configOf = (outputs: Map<string, string>): PageConfig => {
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value === undefined) throw new Error(`The stack has no output ${name}: deploy it first`);
    return value;
  };
  return {
    apiUrl: output('PageApiUrl'),
    websocketUrl: output('PageWebsocketUrl'),
    issuer: output('PageIssuer'),
    clientId: output('PageClientId'),
    scope: 'openid email',
  };
};

/**
 * The files of a built page with their configuration. The page itself is the last: it names files that must be there
 * before it.
 */
export const pageFiles = (folder: string, config: PageConfig): PageFile[] => {
  const names = globSync('**/*.*', { cwd: folder }).sort(
    (a, b) => Number(a === 'index.html') - Number(b === 'index.html'),
  );
  const files = names.map((name) => ({
    key: name.replaceAll('\\', '/'),
    body: readFileSync(join(folder, name)),
    contentType: TYPES[extname(name)] ?? 'application/octet-stream',
    // Built files have a hash of their content in their names; the page itself has not.
    cacheControl: name.startsWith('assets') ? 'public, max-age=31536000, immutable' : 'no-cache',
  }));
  const json = {
    key: 'config.json',
    body: JSON.stringify(config),
    contentType: 'application/json',
    cacheControl: 'no-store',
  };
  return [json, ...files];
};
